import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** A trace, as far as it runs in this process, that is not decided on yet. */
export interface WaitingTrace {
  readonly traceId: string;
  readonly startedAtMs: number;
  /** Its local roots that still run: usually one. */
  readonly roots: ReadableSpan[];
  /** Its spans that have ended. */
  readonly spans: ReadableSpan[];
  bytes: number;
  costUsd: number;
  older: WaitingTrace | undefined;
  newer: WaitingTrace | undefined;
}

/** The traces that wait, oldest first, and what they hold in all. */
export interface TraceBuffer {
  readonly traces: number;
  readonly spans: number;
  readonly bytes: number;
  readonly oldest: WaitingTrace | undefined;
  readonly get: (traceId: string) => WaitingTrace | undefined;
  /** Begins a trace that is not there yet. */
  readonly begin: (traceId: string, nowMs: number) => WaitingTrace;
  readonly hold: (trace: WaitingTrace, span: ReadableSpan, bytes: number) => void;
  /** Takes a trace out. */
  readonly remove: (trace: WaitingTrace) => void;
}

/** Makes an empty buffer. A list beside the map: to find the oldest of a map that changes all the time gets slow. */
export function createTraceBuffer(): TraceBuffer {
  const byId = new Map<string, WaitingTrace>();
  let oldest: WaitingTrace | undefined;
  let newest: WaitingTrace | undefined;
  let spans = 0;
  let bytes = 0;

  return {
    get traces() {
      return byId.size;
    },
    get spans() {
      return spans;
    },
    get bytes() {
      return bytes;
    },
    get oldest() {
      return oldest;
    },
    get: (traceId) => byId.get(traceId),
    begin(traceId, startedAtMs) {
      const trace: WaitingTrace = {
        traceId,
        startedAtMs,
        roots: [],
        spans: [],
        bytes: 0,
        costUsd: 0,
        older: newest,
        newer: undefined,
      };
      if (newest === undefined) oldest = trace;
      else newest.newer = trace;
      newest = trace;
      byId.set(traceId, trace);
      return trace;
    },
    hold(trace, span, size) {
      trace.spans.push(span);
      trace.bytes += size;
      spans++;
      bytes += size;
    },
    remove(trace) {
      byId.delete(trace.traceId);
      if (trace.older === undefined) oldest = trace.newer;
      else trace.older.newer = trace.newer;
      if (trace.newer === undefined) newest = trace.older;
      else trace.newer.older = trace.older;
      trace.older = trace.newer = undefined;
      spans -= trace.spans.length;
      bytes -= trace.bytes;
    },
  };
}
