/** What an SLO counted in some window. */
export interface SloCounts {
  readonly events: number;
  readonly bad: number;
}

/**
 * Returns the part of all events that may be bad: 1 − objective, without the noise of the subtraction in binary.
 *
 * @param objective Part of the events that has to be good, between 0 and 1
 */
export function errorBudget(objective: number): number {
  // 1 - 0.9 is 0.09999999999999998: a budget that is spent exactly would count as overspent.
  return Number((1 - objective).toPrecision(12));
}

/** Returns good events by all events. Undefined where there was none: no traffic is no data, never 100 %. */
export function compliance({ events, bad }: SloCounts): number | undefined {
  return events === 0 ? undefined : (events - bad) / events;
}

/**
 * Returns how fast the error budget is spent: the part of the events that was bad, by the part that may be. 1 spends it
 * exactly by the end of the SLO's window; undefined where there was no event.
 *
 * @see https://sre.google/workbook/alerting-on-slos/ (burn rate)
 */
export function burnRate({ events, bad }: SloCounts, objective: number): number | undefined {
  return events === 0 ? undefined : bad / events / errorBudget(objective);
}

/**
 * Returns the part of the error budget that is left in the SLO's own window: 1 − its burn rate there. Below 0 once it is
 * overspent; undefined where there was no event.
 */
export function errorBudgetRemaining(counts: SloCounts, objective: number): number | undefined {
  const spent = burnRate(counts, objective);
  return spent === undefined ? undefined : 1 - spent;
}

/**
 * Returns after how many milliseconds the budget is spent if it goes on being spent at this rate: remaining × window ÷
 * burn rate. 0 where nothing is left, `Infinity` where nothing is spent, undefined where either is unknown.
 *
 * It takes the traffic to stay what it was and leaves out that old events leave the window, as everybody who uses this
 * formula does.
 *
 * @see https://sre.google/workbook/alerting-on-slos/ (table 5-3, burn rates and time to budget exhaustion)
 */
export function timeToExhaustionMs(state: {
  readonly remaining: number | undefined;
  readonly burnRate: number | undefined;
  readonly windowMs: number;
}): number | undefined {
  if (state.remaining === undefined) return undefined;
  if (state.remaining <= 0) return 0;
  if (state.burnRate === undefined) return undefined;
  return (state.remaining * state.windowMs) / state.burnRate;
}
