import { burnRate } from "@tta-dev/primitives/slo";
import type { BurnAlert, BurnWindow, Slo, SloCounts } from "@tta-dev/primitives/slo";

/** An alert that began to burn, or ended. */
export interface BurnChange {
  readonly alert: BurnAlert;
  readonly state: "started" | "ended";
  readonly sinceMs: number;
  readonly longBurnRate: number | undefined;
  readonly shortBurnRate: number | undefined;
}

/** Knows which alerts of an SLO burn. */
export interface BurnWatch {
  /** Compares both windows of each alert with its factor; returns what has changed. */
  readonly look: (
    nowMs: number,
    countsOf: (window: BurnWindow) => SloCounts,
  ) => readonly BurnChange[];
  /** Since when an alert burns, epoch milliseconds; undefined where it does not. */
  readonly burningSince: (alert: BurnAlert) => number | undefined;
  /** Takes over that an alert burnt before a restart. */
  readonly resume: (pair: string, sinceMs: number) => void;
}

/** What an alert is known by in one SLO. */
export function pairOf({ longWindow, shortWindow }: BurnAlert): string {
  return `${longWindow}/${shortWindow}`;
}

export function watchBurn({ alerts, objective, minEvents }: Slo): BurnWatch {
  const burning = new Map<string, number>();
  const isAbove = (rate: number | undefined, factor: number): boolean =>
    rate !== undefined && rate > factor;

  return {
    look(nowMs, countsOf) {
      const changes: BurnChange[] = [];
      for (const alert of alerts) {
        const pair = pairOf(alert);
        const long = countsOf(alert.longWindow);
        const longBurnRate = burnRate(long, objective);
        const shortBurnRate = burnRate(countsOf(alert.shortWindow), objective);
        const burns =
          long.events >= minEvents &&
          isAbove(longBurnRate, alert.factor) &&
          isAbove(shortBurnRate, alert.factor);
        const since = burning.get(pair);
        if (burns === (since !== undefined)) continue;
        if (burns) burning.set(pair, nowMs);
        else burning.delete(pair);
        const state = burns ? "started" : "ended";
        changes.push({ alert, state, sinceMs: since ?? nowMs, longBurnRate, shortBurnRate });
      }
      return changes;
    },
    burningSince: (alert) => burning.get(pairOf(alert)),
    resume(pair, sinceMs) {
      if (alerts.some((alert) => pairOf(alert) === pair)) burning.set(pair, sinceMs);
    },
  };
}
