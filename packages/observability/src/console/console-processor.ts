import { TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Paint } from "./trace-tree.ts";
import { formatDuration, formatTrace } from "./trace-tree.ts";

/** Where the trees go, and how they are coloured. */
export interface ConsoleOutput {
  readonly print: (text: string) => void;
  readonly paint: Paint;
}

/** Traces that are remembered at once; past it the oldest is forgotten without being printed. */
const MOST_TRACES = 256;
/** Spans that are kept of one trace; the rest is counted. */
const MOST_SPANS = 1000;

interface OpenTrace {
  spans: ReadableSpan[];
  omitted: number;
  printed: boolean;
}

/**
 * Prints a trace as a tree as soon as its first span has ended, for a person who watches.
 * Spans that end later than that (detached work) are printed on their own.
 */
export function createConsoleProcessor(output: ConsoleOutput): SpanProcessor {
  const traces = new Map<string, OpenTrace>();

  const open = (traceId: string): OpenTrace => {
    const known = traces.get(traceId);
    if (known !== undefined) return known;
    const [oldest] = traces.keys();
    if (traces.size >= MOST_TRACES && oldest !== undefined) traces.delete(oldest);
    const fresh = { spans: [], omitted: 0, printed: false };
    traces.set(traceId, fresh);
    return fresh;
  };

  return {
    onStart() {},
    onEnd(span) {
      const { traceId, traceFlags } = span.spanContext();
      if ((traceFlags & TraceFlags.SAMPLED) === 0) return;
      const trace = open(traceId);
      const isRoot =
        span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true;
      if (isRoot || trace.spans.length < MOST_SPANS) trace.spans.push(span);
      else trace.omitted += 1;
      if (!isRoot && !trace.printed) return;

      print(output, span, trace);
      trace.spans = [];
      trace.omitted = 0;
      trace.printed = true;
    },
    forceFlush: () => Promise.resolve(),
    shutdown() {
      traces.clear();
      return Promise.resolve();
    },
  };
}

function print({ print: write, paint }: ConsoleOutput, root: ReadableSpan, trace: OpenTrace): void {
  const count = trace.spans.length + trace.omitted;
  const late = trace.printed ? ", after the trace was printed" : "";
  const head = `trace ${root.spanContext().traceId}  ${formatDuration(root.duration)}, ${count} ${count === 1 ? "span" : "spans"}${late}`;
  const tail =
    trace.omitted > 0 ? `\n${paint("yellow", `${trace.omitted} more spans are not shown`)}` : "";
  write(`${paint("dim", head)}\n${formatTrace(trace.spans, paint)}${tail}\n`);
}
