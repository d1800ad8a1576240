import {
  checkFunction,
  checkNumber,
  checkOneOf,
  checkOptions,
  COUNT,
  describe,
} from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { stepEdge, TreeNode } from "../tree/node.ts";
import { planBackoff, type Backoff, type Jitter } from "./backoff.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { retryMeters, type RetryMeters } from "./retry-meters.ts";
import { RetryRun } from "./retry-run.ts";
import type { RetryIf } from "./retryable.ts";

export interface RetryOptions {
  /** Calls in all, the first included. */
  readonly attempts: number;
  /** @default exponential from 200 ms, factor 2, at most 30 s */
  readonly backoff?: Backoff;
  /** @default "full" for exponential backoff, otherwise "none" */
  readonly jitter?: Jitter;
  /**
   * Says whether an error is worth another attempt, instead of the default: everything but an open circuit, an abort, a
   * RangeError, a TypeError that is no network failure, and HTTP client errors that will not pass.
   */
  readonly retryIf?: RetryIf;
  /** Shared with other retries: keeps retries a share of the traffic. */
  readonly budget?: RetryBudget;
  /** `"multiply"` lets this retry make all its attempts within each attempt of a retry around or below it. @default "limit" */
  readonly nested?: "limit" | "multiply";
}

/**
 * Calls a step again when it fails.
 *
 * Waits between attempts grow and are jittered; a longer `Retry-After` of the server is honoured. An attempt whose wait
 * would end at or after the deadline is not started. While a retry runs, a retry below it starts at most as many calls
 * as the larger of the two allows. Why a retry ended early is said in the span attribute `retry.limited_by`.
 *
 * @throws the last error, unchanged, when no attempt is left or it is not worth another; DeadlineExceededError, with the
 *   last error as `cause`, when the next wait would end past the deadline; the caller's `signal.reason` on abort, at once
 *   also during a wait; TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { retry, timeout } from "@tta-dev/primitives";
 *
 * const load = async (url: string) => (await fetch(url)).json();
 * const robust = retry(timeout(load, { timeoutMs: 2_000 }), {
 *   attempts: 3,
 *   backoff: { kind: "exponential", delayMs: 100, maxDelayMs: 2_000 },
 * });
 * ```
 */
export function retry<I, O>(step: Step<I, O>, options: RetryOptions): Primitive<I, O> {
  checkOptions(options, "retry(step, options)");
  const { retryIf, budget, nested = "limit" } = options;
  const attempts = checkNumber(options.attempts, "retry({ attempts })", COUNT);
  checkFunction(retryIf, "retry({ retryIf })", true);
  checkOneOf(nested, "retry({ nested })", ["limit", "multiply"]);
  if (budget !== undefined && !isBudget(budget))
    throw new TypeError(
      `retry({ budget }): expected what retryBudget() returns, got ${describe(budget)}`,
    );
  const backoff = planBackoff(options.backoff, options.jitter);
  const child = nodeOf(step, "retry(): step");
  const edge = stepEdge("retry", child, { key: "attempt", span: "attempt", wraps: true });
  const plan = { edge, attempts, backoff, retryIf, budget, nested };
  return primitiveOf(
    new TreeNode({
      type: "retry",
      name: child.name,
      leaf: false,
      children: [edge],
      options: {
        attempts,
        backoff: backoff.options,
        nested,
        ...(retryIf !== undefined && { hasRetryIf: true }),
        ...(budget !== undefined && { budget: budget.name }),
      },
      meters: retryMeters,
      run: (input: I, context, meters: RetryMeters) =>
        new RetryRun(plan, context, meters).run(input),
    }),
  );
}

function isBudget(budget: Partial<RetryBudget> | null): boolean {
  return typeof budget?.withdraw === "function" && typeof budget.deposit === "function";
}
