import type { EndedRun, Registry, RunListener } from "@tta-dev/primitives";
import { onRun } from "@tta-dev/primitives";
import { randomUUID } from "node:crypto";
import type { SloSource } from "./collected-metrics.ts";
import type { MetricsCollector } from "./collector.ts";
import { createCollector } from "./collector.ts";
import type { CostOptions, CostReport } from "./cost.ts";
import { costOf } from "./cost.ts";
import type { PercentilesOptions, StandardPercentile } from "./percentiles-options.ts";
import type { PercentilesReport } from "./percentiles.ts";
import { percentilesOf } from "./percentiles.ts";
import type { ThroughputOptions } from "./throughput-options.ts";
import type { ThroughputReport } from "./throughput.ts";
import { createThroughputMeter } from "./throughput.ts";

/** What can be asked of the process about itself. Its functions may be passed around on their own. */
export interface Analysis {
  /** Percentiles of durations, by primitive, workflow or model; see `percentilesOf`. */
  readonly percentiles: <const P extends number = StandardPercentile>(
    options?: PercentilesOptions<P>,
  ) => PercentilesReport<P>;
  /**
   * Runs per second, under way, and at their peak. The end of a run counts.
   *
   * @throws TypeError or RangeError for a wrong option
   */
  readonly throughput: (options?: ThroughputOptions) => ThroughputReport;
  /** What was spent and what was saved; see `costOf`. */
  readonly cost: (options?: CostOptions) => CostReport;
  /** Records runs by hand, and gathers what is known by name. Always the same one. */
  readonly collector: () => MetricsCollector;
  /** Stops counting runs, and takes the gauge `throughput.rps` away. */
  readonly release: () => void;
}

export interface AnalysisOptions {
  /** The slot that holds the registry and those who are told of runs. */
  readonly shared: {
    readonly registry: Registry;
    readonly runListeners: ReadonlySet<RunListener>;
  };
  /** @default nobody knows of SLOs */
  readonly slo?: SloSource;
  /**
   * Epoch milliseconds.
   *
   * @default rates by the monotonic clock, moments by the wall clock
   */
  readonly now?: () => number;
}

/** Begins to count runs, and gives everything that can be asked. */
export function startAnalysis(options: AnalysisOptions): Analysis {
  const { shared, slo, now } = options;
  // Asked each time: a test may put a registry of its own in its place.
  const registry = (): Registry => shared.registry;
  const throughput = createThroughputMeter({ registry, now: now ?? monotonicNow });
  const stopListening = onRun(throughput.listener);
  const stopObserving = registry().observe("throughput.rps", () =>
    throughput
      .rates()
      .map(({ workflow, rps }) => ({ labels: { workflow_name: workflow }, value: rps })),
  );
  const collector = createCollector({
    registry,
    throughput,
    slo,
    now: now ?? Date.now,
    newId: randomUUID,
    tell(run) {
      for (const listener of shared.runListeners) tellOne(listener, run);
    },
  });
  return {
    percentiles: (query) => percentilesOf(registry().snapshot(), query),
    throughput: (query) => throughput.read(query),
    cost: (query) => costOf(registry().snapshot(), query),
    collector: () => collector,
    release() {
      stopListening();
      stopObserving();
    },
  };
}

function monotonicNow(): number {
  return performance.timeOrigin + performance.now();
}

function tellOne(listener: RunListener, run: EndedRun): void {
  try {
    listener.ended?.(run);
  } catch {
    // As for real runs: who listens must not be able to break what is recorded.
  }
}
