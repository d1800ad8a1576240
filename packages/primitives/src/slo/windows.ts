/**
 * The windows in which the speed of spending an error budget is watched, spelt as PromQL spells durations.
 *
 * @see https://sre.google/workbook/alerting-on-slos/ (chapter 5 of the Site Reliability Workbook, table 5-8)
 */
export const burnWindows = Object.freeze(["5m", "30m", "1h", "2h", "6h", "1d", "3d"] as const);
export type BurnWindow = (typeof burnWindows)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Milliseconds of a day. */
export const DAY_MS = 24 * HOUR_MS;

const LENGTH_MS: Readonly<Record<BurnWindow, number>> = {
  "5m": 5 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": HOUR_MS,
  "2h": 2 * HOUR_MS,
  "6h": 6 * HOUR_MS,
  "1d": DAY_MS,
  "3d": 3 * DAY_MS,
};

/** A window that is looked back over. */
export interface SloWindow {
  /** The label `window`, and a duration in PromQL: `"1h"`, `"30d"`. */
  readonly name: string;
  readonly lengthMs: number;
}

/** Returns the length of a burn window in milliseconds. */
export function burnWindowMs(window: BurnWindow): number {
  return LENGTH_MS[window];
}

/** Returns the window that an SLO's objective is about. */
export function objectiveWindow({ windowDays }: { readonly windowDays: number }): SloWindow {
  return { name: `${windowDays}d`, lengthMs: windowDays * DAY_MS };
}

/** Lists every window of an SLO: those in which its burn is watched, and last its own, none twice. */
export function windowsOf(slo: { readonly windowDays: number }): readonly SloWindow[] {
  const own = objectiveWindow(slo);
  return [
    ...burnWindows
      .filter((name) => name !== own.name)
      .map((name) => ({ name, lengthMs: LENGTH_MS[name] })),
    own,
  ];
}
