import { ROOT_CONTEXT } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace";

/** Says how many seconds of a processor one span takes from its start to its bytes. */
export type SpanCost = () => number;

export interface SpanCostOptions {
  /** Milliseconds with fractions, of a clock that does not go back. @default performance.now */
  readonly elapsedMs?: () => number;
}

/** Spans that are measured at a time: about half a millisecond. */
const SPANS = 32;
/** The first rounds run in code that is not compiled yet. */
const FIRST_ROUNDS = 8;
const LATER_ROUNDS = 2;
const REMEASURE_MS = 60_000;
/** No span is cheaper: a clock that stands still must not make it free. */
const LEAST_SECONDS = 1e-7;
/** Attributes of a span of the primitives, as many and as long as they usually are. */
const ATTRIBUTES = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [`attribute.${index}`, `value ${index} of a span`]),
);

/**
 * Measures what a span costs by making some: started, given fifteen attributes, ended and serialised, as every exported
 * span is; of several rounds the cheapest, since whatever else the machine does only makes a round dearer. Sending, which
 * is mostly waiting, is not in it. Measured again every minute while it is asked for.
 */
export function createSpanCost({
  elapsedMs = () => performance.now(),
}: SpanCostOptions = {}): SpanCost {
  const ended: ReadableSpan[] = [];
  const nothing = (): Promise<void> => Promise.resolve();
  const provider = new TracerProvider({
    sampler: new AlwaysOnSampler(),
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => void ended.push(span),
        forceFlush: nothing,
        shutdown: nothing,
      },
    ],
  });
  const tracer = provider.getTracer("@tta-dev/observability");

  const measure = (): number => {
    const startMs = elapsedMs();
    for (let made = 0; made < SPANS; made++) {
      const span = tracer.startSpan("measured", {}, ROOT_CONTEXT);
      span.setAttributes(ATTRIBUTES);
      span.end();
    }
    ProtobufTraceSerializer.serializeRequest(ended);
    ended.length = 0;
    return (elapsedMs() - startMs) / 1000 / SPANS;
  };
  const cheapest = (rounds: number): number =>
    Math.min(...Array.from({ length: rounds }, () => measure()));

  // At once: it takes some milliseconds, which no request should wait for.
  let cost = cheapest(FIRST_ROUNDS);
  let measuredAtMs = elapsedMs();
  return () => {
    if (elapsedMs() - measuredAtMs >= REMEASURE_MS) {
      cost = cheapest(LATER_ROUNDS);
      measuredAtMs = elapsedMs();
    }
    return Math.max(LEAST_SECONDS, cost);
  };
}
