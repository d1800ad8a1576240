import { isSpanContextValid, propagation, trace } from "@opentelemetry/api";
import type { CallContext } from "./call-context.ts";
import { ambientOf } from "./span.ts";

/** W3C Trace Context and Baggage, for a request that this call makes. */
export function headersOf(call: CallContext): Record<string, string> {
  const headers: Record<string, string> = {};
  const from = ambientOf(call);
  const span = trace.getSpanContext(from);
  if (span !== undefined && isSpanContextValid(span)) {
    headers["traceparent"] =
      `00-${span.traceId}-${span.spanId}-${(span.traceFlags & 0xff).toString(16).padStart(2, "0")}`;
    const state = span.traceState?.serialize();
    if (state !== undefined && state !== "") headers["tracestate"] = state;
  }
  const entries = propagation.getBaggage(from)?.getAllEntries() ?? [];
  if (entries.length > 0)
    headers["baggage"] = entries
      .map(([key, { value, metadata }]) => {
        const suffix = metadata === undefined ? "" : `;${metadata.toString()}`;
        return `${encodeURIComponent(key)}=${encodeURIComponent(value)}${suffix}`;
      })
      .join(",");
  const { correlationId } = call.fields.values;
  if (correlationId !== undefined && /^[\x21-\x7e]+$/.test(correlationId))
    headers["x-correlation-id"] = correlationId;
  return headers;
}
