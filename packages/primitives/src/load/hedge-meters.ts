import { hedgeOutcomes, type HedgeOutcome } from "../catalog/values.ts";
import type { Registry } from "../metrics/registry.ts";

export interface HedgeMeters {
  attempted(outcome: HedgeOutcome): void;
  refused(budget: string): void;
}

export function hedgeMeters(
  budget: string | undefined,
): (name: string, registry: Registry) => HedgeMeters {
  return (name, registry) => {
    const attempts = registry.counter("hedge.attempts");
    for (const outcome of hedgeOutcomes) attempts.bind({ primitive_name: name, outcome });
    const refusals = registry.counter("budget.refusals");
    if (budget !== undefined) refusals.bind({ budget, kind: "hedges" });
    return {
      attempted: (outcome) => attempts.bind({ primitive_name: name, outcome }).add(1),
      refused: (of) => refusals.bind({ budget: of, kind: "hedges" }).add(1),
    };
  };
}
