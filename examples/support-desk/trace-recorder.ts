import type { ObservabilityOptions } from "@tta-dev/observability";
import type { SpanRecord } from "./terminal/span-record.ts";

type SpanProcessor = NonNullable<ObservabilityOptions["spanProcessors"]>[number];
type FinishedSpan = Parameters<SpanProcessor["onEnd"]>[0];

/** Sees every span of the process. */
export interface TraceRecorder {
  readonly processor: SpanProcessor;
  /** How many distinct traces have ended, by their root spans. */
  readonly traces: () => number;
}

/**
 * Makes a span processor that counts traces and keeps the spans of the first one.
 *
 * @param onFirstTrace called with the first trace's spans when its root has ended
 */
export function createTraceRecorder(
  onFirstTrace: (spans: readonly SpanRecord[]) => void,
): TraceRecorder {
  const ended = new Set<string>();
  let firstId: string | undefined;
  let firstSpans: SpanRecord[] = [];

  return {
    traces: () => ended.size,
    processor: {
      onStart(span) {
        firstId ??= span.spanContext().traceId;
      },
      onEnd(span) {
        const { traceId } = span.spanContext();
        const isRoot = span.parentSpanContext === undefined;
        const isFirst = traceId === firstId && !ended.has(traceId);
        if (isRoot) ended.add(traceId);
        if (!isFirst) return;
        firstSpans.push(recordOf(span));
        if (!isRoot) return;
        onFirstTrace(firstSpans);
        firstSpans = [];
      },
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },
  };
}

const statuses: readonly SpanRecord["status"][] = ["unset", "ok", "error"];

function recordOf(span: FinishedSpan): SpanRecord {
  return {
    name: span.name,
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    startMs: millisecondsOf(span.startTime),
    durationMs: millisecondsOf(span.duration),
    attributes: span.attributes,
    status: statuses[span.status.code] ?? "unset",
  };
}

function millisecondsOf([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}
