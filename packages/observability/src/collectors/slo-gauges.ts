import type { SloReader, SloReading } from "./readings.ts";

/** One value of `slo.compliance` or `slo.error_budget.remaining`. */
export interface SloValue {
  readonly slo: string;
  /** As PromQL spells it, such as `30d`. */
  readonly window: string;
  readonly value: number;
}

const UNIT_MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1_440, w: 10_080 };

/** Reads how SLOs stand out of their gauges; of several windows the longest counts, which is the objective's. */
export function sloReader(
  compliance: readonly SloValue[],
  remaining: readonly SloValue[],
): SloReader {
  const ratios = longestWindows(compliance);
  const budgets = longestWindows(remaining);
  return (name): SloReading | undefined => {
    const budget = budgets.get(name);
    const ratio = ratios.get(name);
    return (
      budget && {
        ...(ratio !== undefined && { compliance: ratio.value }),
        errorBudgetRemaining: budget.value,
      }
    );
  };
}

/** Several processes may show one SLO: the worst of them stands. */
function longestWindows(values: readonly SloValue[]): ReadonlyMap<string, SloValue> {
  const kept = new Map<string, SloValue>();
  for (const one of values) {
    const other = kept.get(one.slo);
    const longer = other === undefined ? 1 : minutesOf(one.window) - minutesOf(other.window);
    if (longer > 0 || (longer === 0 && one.value < other!.value)) kept.set(one.slo, one);
  }
  return kept;
}

function minutesOf(window: string): number {
  const [, count = "", unit = ""] = /^(\d+)([mhdw])$/.exec(window) ?? [];
  return Number(count) * (UNIT_MINUTES[unit] ?? 0);
}
