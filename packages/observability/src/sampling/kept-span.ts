import type { Attributes, TraceState } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { isLocalRoot } from "./local-root.ts";
import { ADJUSTED_COUNT, KEPT_BECAUSE } from "./sampling-attributes.ts";

/** How a trace was kept. */
export interface Kept {
  readonly reason: string;
  /** How many spans each of its spans stands for. */
  readonly adjustedCount: number;
  /** Writes the threshold into a span's `tracestate`; undefined where that stays as it is. */
  readonly restate: ((state: TraceState | undefined) => TraceState) | undefined;
}

/**
 * Returns the span as it is exported: with its count, and, at the root, with the reason. A copy, since a span that has
 * ended may be with others too.
 */
export function keptSpan(
  span: ReadableSpan,
  { reason, adjustedCount, restate }: Kept,
): ReadableSpan {
  const attributes: Attributes = { ...span.attributes, [ADJUSTED_COUNT]: adjustedCount };
  if (isLocalRoot(span)) attributes[KEPT_BECAUSE] = reason;
  const before = span.spanContext();
  const context =
    restate === undefined ? before : { ...before, traceState: restate(before.traceState) };
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => context,
    ...(span.parentSpanContext !== undefined && { parentSpanContext: span.parentSpanContext }),
    startTime: span.startTime,
    endTime: span.endTime,
    status: span.status,
    attributes,
    links: span.links,
    events: span.events,
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}
