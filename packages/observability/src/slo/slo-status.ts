import {
  burnRate,
  compliance,
  errorBudgetRemaining,
  timeToExhaustionMs,
} from "@tta-dev/primitives/slo";
import type { BurnAlert, DefinedIndicator } from "@tta-dev/primitives/slo";
import type { TrackedSlo } from "./tracked-slo.ts";

/** How an SLO stands at this moment. What is undefined is not known, because there was no event to know it from. */
export interface SloStatus {
  readonly name: string;
  readonly description?: string;
  /** Absent where it is about every run. */
  readonly workflow?: string;
  readonly indicator: DefinedIndicator;
  readonly objective: number;
  readonly windowDays: number;
  readonly minEvents: number;
  /** In its own window: no event, fewer than `minEvents`, objective met, objective missed. */
  readonly state: "no_data" | "too_few_events" | "met" | "missed";
  /** Events that were judged in its own window. */
  readonly events: number;
  readonly bad: number;
  /** Good events by all, in its own window. */
  readonly compliance: number | undefined;
  /** Part of the error budget that is left; negative once overspent. */
  readonly errorBudgetRemaining: number | undefined;
  /** Until the budget is spent, at the burn rate of the last hour; `Infinity` while nothing is spent. */
  readonly timeToExhaustionMs: number | undefined;
  /** Whether one of its alerts burns. */
  readonly isBurning: boolean;
  readonly alerts: readonly SloAlertStatus[];
  /** 5m, 30m, 1h, 2h, 6h, 1d, 3d and its own. */
  readonly windows: readonly SloWindowStatus[];
}

/** How an alert of an SLO stands. */
export interface SloAlertStatus extends BurnAlert {
  readonly isBurning: boolean;
  /** Since when it burns, epoch milliseconds. */
  readonly sinceMs?: number;
}

/** What an SLO counted in one of its windows. */
export interface SloWindowStatus {
  /** The label `window`, and a duration in PromQL: `"1h"`. */
  readonly window: string;
  readonly lengthMs: number;
  /** The window is exact at multiples of this, and reaches back up to one of it further in between. */
  readonly bucketMs: number;
  readonly events: number;
  readonly bad: number;
  readonly compliance: number | undefined;
  readonly burnRate: number | undefined;
}

/** The window by whose burn rate the time to exhaustion is told. */
const RECENT = "1h";

/** Says how an SLO stands. */
export function statusOf({ slo, windows, burn }: TrackedSlo, nowMs: number): SloStatus {
  const { objective, minEvents } = slo;
  const counted = windows.map(({ name, ring }): SloWindowStatus => {
    const counts = ring.counts(nowMs);
    return {
      window: name,
      lengthMs: ring.lengthMs,
      bucketMs: ring.bucketMs,
      ...counts,
      compliance: compliance(counts),
      burnRate: burnRate(counts, objective),
    };
  });
  const own = counted.at(-1)!;
  const remaining = errorBudgetRemaining(own, objective);
  const recent = counted.find(({ window }) => window === RECENT);
  const alerts = slo.alerts.map((alert): SloAlertStatus => {
    const sinceMs = burn.burningSince(alert);
    return sinceMs === undefined
      ? { ...alert, isBurning: false }
      : { ...alert, isBurning: true, sinceMs };
  });
  return {
    name: slo.name,
    ...(slo.description !== undefined && { description: slo.description }),
    ...(slo.workflow !== undefined && { workflow: slo.workflow }),
    indicator: slo.indicator,
    objective,
    windowDays: slo.windowDays,
    minEvents,
    state: stateOf(own, slo),
    events: own.events,
    bad: own.bad,
    compliance: own.compliance,
    errorBudgetRemaining: remaining,
    timeToExhaustionMs: timeToExhaustionMs({
      remaining,
      burnRate: recent?.burnRate,
      windowMs: own.lengthMs,
    }),
    isBurning: alerts.some(({ isBurning }) => isBurning),
    alerts,
    windows: counted,
  };
}

function stateOf(
  own: SloWindowStatus,
  slo: { readonly objective: number; readonly minEvents: number },
): SloStatus["state"] {
  if (own.compliance === undefined) return "no_data";
  if (own.events < slo.minEvents) return "too_few_events";
  return own.compliance >= slo.objective ? "met" : "missed";
}
