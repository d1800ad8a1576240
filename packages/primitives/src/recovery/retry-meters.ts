import type { Registry } from "../metrics/registry.ts";

export type RetryOutcome =
  | "succeeded_first"
  | "succeeded_after_retry"
  | "failed_first"
  | "failed_after_retry";

export interface RetryMeters {
  ended(outcome: RetryOutcome): void;
  retried(reason: string): void;
  refused(budget: string): void;
}

export function retryMeters(name: string, registry: Registry): RetryMeters {
  const of = registry.counter("retry.outcomes");
  const outcomes = {
    succeeded_first: of.bind({ primitive_name: name, outcome: "succeeded_first" }),
    succeeded_after_retry: of.bind({ primitive_name: name, outcome: "succeeded_after_retry" }),
    failed_first: of.bind({ primitive_name: name, outcome: "failed_first" }),
    failed_after_retry: of.bind({ primitive_name: name, outcome: "failed_after_retry" }),
  };
  return {
    ended: (outcome) => outcomes[outcome].add(1),
    retried: (reason) =>
      registry.counter("retry.attempts").bind({ primitive_name: name, reason }).add(1),
    refused: (budget) =>
      registry.counter("budget.refusals").bind({ budget, kind: "retries" }).add(1),
  };
}
