import { createRegistry, slot } from "@tta-dev/primitives";
import type { EndedRun, LogEvent, NumberSeries, Registry, RunScore } from "@tta-dev/primitives";
import { declareSlos, defineSlo } from "@tta-dev/primitives/slo";
import type { Slo, SloOptions } from "@tta-dev/primitives/slo";
import type { ProblemReport } from "../problem.ts";
import type { BurnEvent } from "./burn-event.ts";
import type { SloStore } from "./slo-store.ts";
import { startSloTracker, type SloTracker } from "./slo-tracker.ts";

/** A Thursday, on the hour. */
export const START_MS = Date.UTC(2026, 10, 19, 12);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function availability(name: string, more: Partial<SloOptions> = {}): Slo {
  return defineSlo({ name, objective: 0.9, indicator: { kind: "availability" }, ...more });
}

export function endedRun(more: Partial<EndedRun> = {}): EndedRun {
  return {
    workflowName: "answer",
    workflowId: "r",
    primitiveName: "answer",
    isRoot: true,
    status: "success",
    endedAtMs: 0,
    durationSeconds: 1,
    pausedSeconds: 0,
    costNanoUsd: 0,
    tokens: 0,
    ...more,
  };
}

export function runScore(name: string, value: number, more: Partial<RunScore> = {}): RunScore {
  return { name, value, workflowName: "answer", workflowId: "r", atMs: 0, ...more };
}

/** Tells whoever listens that a run has ended, as primitives do. */
export function end(more: Partial<EndedRun> = {}): void {
  for (const listener of slot().runListeners) listener.ended?.(endedRun(more));
}

export function score(...given: Parameters<typeof runScore>): void {
  for (const listener of slot().runListeners) listener.scored?.(runScore(...given));
}

/** Keeps what was saved in memory. */
export function memoryStore(initial?: string): SloStore & { saved: string | undefined } {
  const store = {
    saved: initial,
    load: () => Promise.resolve(store.saved),
    save: (text: string) => {
      store.saved = text;
      return Promise.resolve();
    },
  };
  return store;
}

export interface TrackerUnderTest extends Disposable {
  readonly tracker: SloTracker;
  readonly registry: Registry;
  readonly clock: { nowMs: number };
  readonly problems: ProblemReport[];
  readonly burns: BurnEvent[];
  readonly lines: LogEvent[];
  /** Counts of burn events, by their labels. */
  readonly burnCounts: Map<string, number>;
  /** The value of a series; undefined where there is none. */
  readonly read: (metric: string, ...labels: string[]) => number | undefined;
}

/** Starts a tracker with a registry and a clock of its own; what it is given stays declared until it is disposed of. */
export function trackerFor(
  slos: readonly Slo[],
  {
    store,
    clock = { nowMs: START_MS },
    onBurn,
  }: {
    readonly store?: SloStore;
    readonly clock?: { nowMs: number };
    readonly onBurn?: (event: BurnEvent) => unknown;
  } = {},
): TrackerUnderTest {
  const takeBack = declareSlos(slos, "slos");
  const registry = createRegistry();
  const problems: ProblemReport[] = [];
  const burns: BurnEvent[] = [];
  const lines: LogEvent[] = [];
  const burnCounts = new Map<string, number>();
  const tracker = startSloTracker({
    shared: { registry, logListeners: new Set([(line: LogEvent) => void lines.push(line)]) },
    now: () => clock.nowMs,
    onBurn: onBurn ?? ((event) => void burns.push(event)),
    bindBurnEvents(labels) {
      const key = Object.values(labels).join(" ");
      burnCounts.set(key, 0);
      return { add: () => void burnCounts.set(key, burnCounts.get(key)! + 1) };
    },
    store,
    saveEveryMs: 10_000,
    report: (problem) => void problems.push(problem),
  });
  return {
    tracker,
    registry,
    clock,
    problems,
    burns,
    lines,
    burnCounts,
    read(metric, ...labels) {
      const found = registry.snapshot().metrics.find(({ name }) => name === metric);
      const series = (found?.series ?? []) as readonly NumberSeries[];
      return series.find(({ labelValues }) => labelValues.join() === labels.join())?.value;
    },
    [Symbol.dispose]() {
      tracker.release();
      takeBack();
    },
  };
}
