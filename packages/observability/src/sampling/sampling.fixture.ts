import type { Attributes, Context, Span } from "@opentelemetry/api";
import { createTraceState, ROOT_CONTEXT, trace, TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, Sampler, SpanProcessor } from "@opentelemetry/sdk-trace";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { Registry } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import type { ProblemReport } from "../problem.ts";
import { checkTail } from "./check-tail.ts";
import { createHeadSampler } from "./head-sampler.ts";
import type { TailSamplingOptions } from "./sampling-options.ts";
import type { SpanBudget } from "./span-budget.ts";
import type { TailClock } from "./tail-clock.ts";
import type { TailSampler } from "./tail-sampling.ts";
import { createTailSampling } from "./tail-sampling.ts";
import { constantRatio } from "./trace-ratio.ts";

export const NOW_MS = Date.UTC(2026, 0, 1);

/** Time that stands still until it is moved. */
export interface FakeClock extends TailClock {
  readonly advance: (ms: number) => void;
  readonly timers: () => number;
}

export function fakeClock(): FakeClock {
  let nowMs = NOW_MS;
  const timers = new Set<{ readonly atMs: number; readonly fire: () => void }>();
  return {
    now: () => nowMs,
    timers: () => timers.size,
    startTimer(delayMs, fire) {
      const timer = { atMs: nowMs + delayMs, fire };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined || next.atMs > endMs) break;
        nowMs = Math.max(nowMs, next.atMs);
        timers.delete(next);
        next.fire();
      }
      nowMs = endMs;
    },
  };
}

/** What a collector would get. */
export interface SpanSink extends SpanProcessor {
  readonly spans: ReadableSpan[];
  readonly names: () => readonly string[];
  flushes: number;
  shutdowns: number;
}

export function spanSink(): SpanSink {
  const spans: ReadableSpan[] = [];
  return {
    spans,
    names: () => spans.map(({ name }) => name),
    flushes: 0,
    shutdowns: 0,
    onStart() {},
    onEnd: (span) => void spans.push(span),
    forceFlush() {
      this.flushes++;
      return Promise.resolve();
    },
    shutdown() {
      this.shutdowns++;
      return Promise.resolve();
    },
  };
}

export interface SpanOptions {
  readonly under?: Span | Context | undefined;
  readonly attributes?: Attributes;
  /** Milliseconds since the clock began. */
  readonly atMs?: number;
}

/** Starts a span; without a parent it begins a trace. */
export type StartSpan = (name: string, options?: SpanOptions) => Span;

export function startWith(sampler: Sampler, ...spanProcessors: SpanProcessor[]): StartSpan {
  return startFrom(new TracerProvider({ sampler, spanProcessors }));
}

function startFrom(provider: TracerProvider): StartSpan {
  const tracer = provider.getTracer("test");
  return (name, { under, attributes, atMs } = {}) =>
    tracer.startSpan(
      name,
      {
        ...(attributes !== undefined && { attributes }),
        ...(atMs !== undefined && { startTime: new Date(NOW_MS + atMs) }),
      },
      contextOf(under),
    );
}

function contextOf(under: Span | Context | undefined): Context {
  if (under === undefined) return ROOT_CONTEXT;
  return "spanContext" in under ? trace.setSpan(ROOT_CONTEXT, under) : under;
}

/** The context below a span of another process. */
export function remote(
  traceId: string,
  { isSampled = true, tracestate }: { isSampled?: boolean; tracestate?: string } = {},
): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: "b7ad6b7169203331",
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  });
}

/** A trace id with this randomness: "0" is the lowest, "f" nearly the highest. */
export function traceIdWith(randomness: string): string {
  return `0af7651916cd43dd84${randomness.padEnd(14, "0")}`;
}

export interface TailTest {
  readonly clock: FakeClock;
  readonly sink: SpanSink;
  readonly tail: TailSampler;
  readonly start: StartSpan;
  readonly provider: TracerProvider;
  readonly reports: ProblemReport[];
  /** Counts above 0, as "kept error" or "span_late". */
  readonly counts: () => Readonly<Record<string, number>>;
}

/** A tail sampler behind a head sampler that keeps everything, unless told otherwise. */
export function tailTest(
  options: TailSamplingOptions = {},
  { rate = 1, budget }: { readonly rate?: number; readonly budget?: SpanBudget } = {},
): TailTest {
  const clock = fakeClock();
  const sink = spanSink();
  const registry = createRegistry();
  const reports: ProblemReport[] = [];
  const report = (problem: ProblemReport): void => void reports.push(problem);
  const settings = checkTail(options, report);
  const tail = createTailSampling({ next: sink, settings, budget, clock, registry, report });
  const sampler = createHeadSampler({
    root: constantRatio(rate),
    parentBased: true,
    registry,
    countsKept: false,
  });
  const provider = new TracerProvider({ sampler, spanProcessors: [tail] });
  return {
    clock,
    sink,
    tail,
    start: startFrom(provider),
    provider,
    reports,
    counts: () => countsIn(registry),
  };
}

/** What the two counters of sampling have counted. */
export function countsIn(registry: Registry): Readonly<Record<string, number>> {
  const { metrics } = registry.snapshot();
  return Object.fromEntries(
    metrics
      .filter(({ name }) => name === "sampling.traces" || name === "telemetry.dropped")
      .flatMap((metric) =>
        metric.kind === "histogram"
          ? []
          : metric.series.map(({ labelValues, value }) => [labelValues.join(" "), value] as const),
      )
      .filter(([, value]) => value > 0),
  );
}
