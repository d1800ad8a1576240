import type { Registry } from "../metrics/registry.ts";

export type CompensationOutcome = "compensated" | "failed" | "skipped";

export interface SagaMeters {
  compensated(step: string, outcome: CompensationOutcome): void;
}

export function sagaMeters(name: string, registry: Registry): SagaMeters {
  return {
    compensated: (step, outcome) =>
      registry.counter("saga.compensations").bind({ primitive_name: name, step, outcome }).add(1),
  };
}
