import type { Registry } from "../metrics/registry.ts";

export type CompensationOutcome = "compensated" | "failed" | "skipped";

export interface SagaMeters {
  compensated(step: string, outcome: CompensationOutcome): void;
}

/** Binds a series for every step and everything that can become of it. */
export function sagaMeters(
  steps: readonly { readonly name: string; readonly compensate: unknown }[],
): (name: string, registry: Registry) => SagaMeters {
  return (name, registry) => {
    const of = registry.counter("saga.compensations");
    for (const { name: step, compensate } of steps)
      for (const outcome of outcomesOf(compensate !== undefined))
        of.bind({ primitive_name: name, step, outcome });
    return {
      compensated: (step, outcome) => of.bind({ primitive_name: name, step, outcome }).add(1),
    };
  };
}

function outcomesOf(canBeUndone: boolean): readonly CompensationOutcome[] {
  return canBeUndone ? ["compensated", "failed"] : ["skipped"];
}
