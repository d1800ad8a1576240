import type { SloStatus } from "@tta-dev/observability";
import type { SloSummary } from "./summary.ts";

/** Takes out of an SLO's status what stands for itself, as data that JSON can hold. */
export function summarizeSlo(status: SloStatus): SloSummary {
  const { name, objective, windowDays, state, events, bad, isBurning } = status;
  const { compliance = null, errorBudgetRemaining = null } = status;
  return {
    name,
    objective,
    windowDays,
    state,
    events,
    bad,
    compliance,
    errorBudgetRemaining,
    isBurning,
  };
}
