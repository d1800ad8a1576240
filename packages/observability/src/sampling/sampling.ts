import type { Sampler, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Registry } from "@tta-dev/primitives";
import type { Report } from "../problem.ts";
import { createAdaptiveBudget } from "./adaptive-budget.ts";
import type { AdaptiveSettings, SamplingSettings } from "./check-sampling.ts";
import { createHeadSampler } from "./head-sampler.ts";
import type { SpanBudget } from "./span-budget.ts";
import { createSpanCost } from "./span-cost.ts";
import { createSpanCounter } from "./span-counter.ts";
import type { TailClock } from "./tail-clock.ts";
import { machineClock } from "./tail-clock.ts";
import type { TailSampler } from "./tail-sampling.ts";
import { createTailSampling } from "./tail-sampling.ts";
import { constantRatio } from "./trace-ratio.ts";

/** What sampling is made from. */
export interface SamplingSetup {
  readonly settings: SamplingSettings;
  /** `traceSampleRate`; with an adaptive sampler the largest share it may choose. */
  readonly rate: number;
  readonly parentBased: boolean;
  readonly registry: Registry;
  readonly report: Report;
  /** @default the machine's */
  readonly clock?: TailClock;
  /** Seconds of a processor that a span takes. @default measured */
  readonly spanCost?: () => number;
}

/** The parts that decide which traces are exported. */
export interface Sampling {
  /** For the tracer provider. */
  readonly sampler: Sampler;
  /** For the tracer provider, before all others. */
  readonly processors: readonly SpanProcessor[];
  /** Puts the tail sampler, where there is one, in front of what delivers spans. Call it once. */
  readonly inFrontOf: (delivery: SpanProcessor) => SpanProcessor;
  /** Whether a trace that was recorded is known to be exported; undefined where all are, because there is no tail sampler. */
  readonly isKept: ((traceId: string) => boolean) | undefined;
  /** Decides on every trace that waits, at once: for a process that has no time left. */
  readonly decideAll: () => void;
}

/** Puts together what the settings ask for. */
export function createSampling(setup: SamplingSetup): Sampling {
  const { settings, rate, parentBased, registry, report, clock = machineClock } = setup;
  const budget = settings.adaptive && createBudget(settings.adaptive, setup);
  const isTail = settings.tail !== undefined;
  const atHead = isTail ? undefined : budget;
  let tail: TailSampler | undefined;

  return {
    sampler: createHeadSampler({
      root: atHead ?? constantRatio(rate),
      parentBased,
      registry,
      countsKept: !isTail,
    }),
    processors: atHead === undefined ? [] : [createSpanCounter(atHead, parentBased, clock.now)],
    inFrontOf(next) {
      if (settings.tail === undefined) return next;
      tail = createTailSampling({ next, settings: settings.tail, budget, clock, registry, report });
      return tail;
    },
    isKept: isTail ? (traceId) => tail?.isKept(traceId) === true : undefined,
    decideAll: () => tail?.decideAll(),
  };
}

function createBudget(
  { spansPerSecond, overhead, minRatio, maxRatio }: AdaptiveSettings,
  { settings, rate, clock = machineClock, spanCost }: SamplingSetup,
): SpanBudget {
  return createAdaptiveBudget({
    targetPerSecond:
      spansPerSecond === undefined ? overheadTarget(overhead ?? 1, spanCost) : () => spansPerSecond,
    minRatio,
    maxRatio: settings.tail === undefined ? Math.min(maxRatio, rate) : maxRatio,
    now: clock.now,
  });
}

function overheadTarget(overhead: number, spanCost = createSpanCost()): () => number {
  return () => overhead / spanCost();
}
