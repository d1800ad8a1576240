import { errorBudget } from "./arithmetic.ts";
import { burnWindowMs, objectiveWindow, type BurnWindow } from "./windows.ts";

/** Who has to hear of it: `"page"` somebody now, `"ticket"` somebody some day. */
export const burnSeverities = Object.freeze(["page", "ticket"] as const);
export type BurnSeverity = (typeof burnSeverities)[number];

/** Burns while the burn rate of both windows is above the factor: the long one says it matters, the short one that it goes on. */
export interface BurnAlert {
  readonly longWindow: BurnWindow;
  /** Lets the alert end soon after its cause. */
  readonly shortWindow: BurnWindow;
  /** The burn rate above which it burns. */
  readonly factor: number;
  readonly severity: BurnSeverity;
}

/**
 * The usual pairs of windows: of a budget for 30 days they are above the factor once 2 % of it was spent in an hour, 5 %
 * in six hours, 10 % in a day, 10 % in three days.
 *
 * @see https://sre.google/workbook/alerting-on-slos/ (chapter 5, section 6: multiwindow, multi-burn-rate alerts, table 5-8)
 */
export const standardBurnAlerts: readonly BurnAlert[] = Object.freeze([
  Object.freeze({ longWindow: "1h", shortWindow: "5m", factor: 14.4, severity: "page" }),
  Object.freeze({ longWindow: "6h", shortWindow: "30m", factor: 6, severity: "page" }),
  Object.freeze({ longWindow: "1d", shortWindow: "2h", factor: 3, severity: "ticket" }),
  Object.freeze({ longWindow: "3d", shortWindow: "6h", factor: 1, severity: "ticket" }),
]);

/** With a default factor an alert burns, at the latest, when this part of all events is bad. */
const SURE_RATIO = 0.8;

/** Returns the burn rate of an SLO of which every event is bad: 1 ÷ (1 − objective). There is no higher one. */
export function highestBurnRate(objective: number): number {
  return 1 / errorBudget(objective);
}

/**
 * Returns a factor that can be exceeded: min(factor, 0.8 ÷ (1 − objective)). 14.4 can be exceeded only from an objective
 * of 93.06 % on, because no burn rate is above 1 ÷ (1 − objective).
 */
export function reachableFactor(factor: number, objective: number): number {
  return Math.min(factor, SURE_RATIO * highestBurnRate(objective));
}

/** Returns the part of the events that has to be bad for the alert to burn: factor × (1 − objective). */
export function alertErrorRatio({ factor }: Pick<BurnAlert, "factor">, objective: number): number {
  return factor * errorBudget(objective);
}

/** Returns the usual alerts with factors that can be exceeded; none looks back further than the SLO itself. */
export function defaultBurnAlerts(slo: {
  readonly objective: number;
  readonly windowDays: number;
}): readonly BurnAlert[] {
  const { lengthMs } = objectiveWindow(slo);
  return standardBurnAlerts
    .filter(({ longWindow }) => burnWindowMs(longWindow) <= lengthMs)
    .map((alert) => ({ ...alert, factor: reachableFactor(alert.factor, slo.objective) }));
}
