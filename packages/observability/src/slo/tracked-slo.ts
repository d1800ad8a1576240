import type { EndedRun, Registry, RunScore } from "@tta-dev/primitives";
import { errorBudgetRemaining } from "@tta-dev/primitives/slo";
import type { Slo, SloCounts } from "@tta-dev/primitives/slo";
import type { BurnEvent } from "./burn-event.ts";
import { burnCounts, type BindBurnEvents } from "./burn-counts.ts";
import { watchBurn, type BurnWatch } from "./burn-watch.ts";
import { watchFreshness, type FreshnessWatch } from "./freshness.ts";
import { judgeRun, judgeScore } from "./judge.ts";
import { countedWindows, type CountedWindow } from "./slo-windows.ts";

/** One SLO with everything that is counted for it. */
export interface TrackedSlo {
  readonly slo: Slo;
  readonly windows: readonly CountedWindow[];
  readonly burn: BurnWatch;
  readonly freshness: FreshnessWatch | undefined;
  readonly ended: (run: EndedRun) => void;
  readonly scored: (score: RunScore) => void;
  /** Counts an event that was judged. */
  readonly count: (verdict: "good" | "bad") => void;
  /** Looks at the clock: is the last success too old, does the budget burn? Returns what began to burn or ended. */
  readonly look: () => readonly BurnEvent[];
}

export interface TrackOptions {
  readonly registry: Registry;
  /** Wall clock, epoch milliseconds. */
  readonly now: () => number;
  /** Is told that something was counted. */
  readonly counted: () => void;
  readonly bindBurnEvents: BindBurnEvents;
}

/** Begins to track an SLO. Its series exist, with 0, from here on. */
export function trackSlo(
  slo: Slo,
  { registry, now, counted, bindBurnEvents }: TrackOptions,
): TrackedSlo {
  const { indicator } = slo;
  const windows = countedWindows(slo);
  const byName = new Map(windows.map((window) => [window.name, window.ring]));
  const events = registry.counter("slo.events").bind({ slo: slo.name });
  const bad = registry.counter("slo.events.bad").bind({ slo: slo.name });
  const burn = watchBurn(slo);
  const countBurn = burnCounts(slo, bindBurnEvents);
  const freshness =
    indicator.kind === "freshness" ? watchFreshness({ ...indicator, startMs: now() }) : undefined;

  const count = (verdict: "good" | "bad"): void => {
    const nowMs = now();
    const isBad = verdict === "bad";
    events.value += 1;
    if (isBad) bad.value += 1;
    for (const { ring } of windows) ring.add(nowMs, isBad);
    counted();
  };
  const countIf = (verdict: "good" | "bad" | undefined): void => {
    if (verdict !== undefined) count(verdict);
  };

  return {
    slo,
    windows,
    burn,
    freshness,
    ended(run) {
      if (run.status === "success") freshness?.succeeded(now());
      countIf(judgeRun(indicator, run));
    },
    scored(score) {
      countIf(judgeScore(indicator, score));
    },
    count,
    look() {
      const atMs = now();
      countIf(freshness?.look(atMs));
      const countsOf = (window: string): SloCounts => byName.get(window)!.counts(atMs);
      const remaining = errorBudgetRemaining(countsOf(windows.at(-1)!.name), slo.objective);
      return burn.look(atMs, countsOf).map(({ alert, ...change }) => {
        const event: BurnEvent = {
          ...alert,
          ...change,
          slo: slo.name,
          ...(slo.workflow !== undefined && { workflow: slo.workflow }),
          objective: slo.objective,
          atMs,
          errorBudgetRemaining: remaining,
        };
        countBurn(event);
        return event;
      });
    },
  };
}
