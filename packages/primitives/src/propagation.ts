import {
  baggageEntryMetadataFromString,
  createTraceState,
  isValidSpanId,
  isValidTraceId,
  propagation,
  trace,
  type BaggageEntry,
  type Context as OtelContext,
  type SpanContext,
} from "@opentelemetry/api";
import type { ContextInit, RemoteTrace } from "./context.ts";

type HeaderBag =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** https://www.w3.org/TR/trace-context/#traceparent-header : version ff is forbidden, later versions may be longer. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** https://www.w3.org/TR/baggage/#limits */
const MAX_BAGGAGE_ENTRIES = 180;
const MAX_BAGGAGE_BYTES = 8192;

/**
 * Reads the caller's trace, baggage and correlation id from the headers of a request, for `execute`.
 *
 * Header names are taken in any case. What is malformed is left out; nothing throws.
 *
 * @example
 * ```ts
 * import { contextFromHeaders, workflow } from "@tta-dev/primitives";
 *
 * const answer = workflow("answer", (question: string) => `You asked: ${question}`);
 * const reply = await answer.execute("Why?", contextFromHeaders({ "x-correlation-id": "req-1" }));
 * ```
 */
export function contextFromHeaders(headers: HeaderBag): ContextInit {
  const correlationId = headerOf(headers, "x-correlation-id");
  const traceparent = headerOf(headers, "traceparent");
  const tracestate = headerOf(headers, "tracestate");
  const baggage = headerOf(headers, "baggage");
  const isTraced =
    traceparent !== undefined && parseTraceparent(traceparent, tracestate) !== undefined;
  const remote: RemoteTrace = {
    ...(isTraced && { traceparent }),
    ...(isTraced && tracestate !== undefined && { tracestate }),
    ...(baggage !== undefined && { baggage }),
  };
  return {
    ...(correlationId !== undefined && correlationId !== "" && { correlationId }),
    ...(Object.keys(remote).length > 0 && { trace: remote }),
  };
}

/** The OpenTelemetry context of a run whose caller is elsewhere. */
export function remoteContext(base: OtelContext, remote: RemoteTrace): OtelContext {
  let context = base;
  const span =
    remote.traceparent === undefined
      ? undefined
      : parseTraceparent(remote.traceparent, remote.tracestate);
  if (span !== undefined) context = trace.setSpanContext(context, span);
  const entries = remote.baggage === undefined ? {} : parseBaggage(remote.baggage);
  if (Object.keys(entries).length > 0)
    context = propagation.setBaggage(context, propagation.createBaggage(entries));
  return context;
}

function headerOf(headers: HeaderBag | null | undefined, name: string): string | undefined {
  if (headers === null || typeof headers !== "object") return undefined;
  if (typeof headers.get === "function") return headers.get(name) ?? undefined;
  const values = Object.entries(headers)
    .flatMap(([key, value]: [string, unknown]) => (key.toLowerCase() === name ? value : []))
    .filter((value) => typeof value === "string");
  // Only list headers may come in pieces; a second traceparent makes both invalid.
  if (values.length === 0 || (name === "traceparent" && values.length > 1)) return undefined;
  return values.join(",");
}

function parseTraceparent(
  traceparent: string,
  tracestate: string | undefined,
): SpanContext | undefined {
  const [, version, traceId, spanId, flags, rest] = TRACEPARENT.exec(traceparent.trim()) ?? [];
  if (version === undefined || (version === "00" && rest !== undefined)) return undefined;
  if (!isValidTraceId(traceId!) || !isValidSpanId(spanId!)) return undefined;
  return {
    traceId: traceId!,
    spanId: spanId!,
    // Of the flags only "sampled" is known; the others are not passed on.
    traceFlags: Number.parseInt(flags!, 16) & 1,
    isRemote: true,
    ...(tracestate !== undefined &&
      tracestate !== "" && { traceState: createTraceState(tracestate) }),
  };
}

function parseBaggage(header: string): Record<string, BaggageEntry> {
  // Without a prototype, because keys come from elsewhere.
  const entries: Record<string, BaggageEntry> = Object.create(null);
  let bytes = -1;
  for (const member of header.split(",").slice(0, MAX_BAGGAGE_ENTRIES)) {
    bytes += member.length + 1;
    if (bytes > MAX_BAGGAGE_BYTES) break;
    const [pair = "", ...properties] = member.split(";");
    const at = pair.indexOf("=");
    if (at <= 0) continue;
    try {
      const key = decodeURIComponent(pair.slice(0, at).trim());
      const value = decodeURIComponent(pair.slice(at + 1).trim());
      if (key === "") continue;
      entries[key] = {
        value,
        ...(properties.length > 0 && {
          metadata: baggageEntryMetadataFromString(properties.join(";")),
        }),
      };
    } catch {
      // Malformed percent-encoding: this member is left out, as the specification asks.
    }
  }
  return entries;
}
