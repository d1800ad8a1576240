import type { SloSurface } from "../slo/slo-surface.ts";
import type { SloReader } from "./readings.ts";

/** Reads how SLOs stand from the tracker of the process, which also knows when there are too few events to tell. */
export function sloStatusReader({ status }: Pick<SloSurface, "status">): SloReader {
  return (name) => {
    const [slo] = status(name);
    if (slo === undefined || slo.state === "no_data" || slo.state === "too_few_events")
      return undefined;
    const { compliance, errorBudgetRemaining } = slo;
    if (errorBudgetRemaining === undefined) return undefined;
    return { ...(compliance !== undefined && { compliance }), errorBudgetRemaining };
  };
}
