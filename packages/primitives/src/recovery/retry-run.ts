import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import { DeadlineExceededError } from "../errors.ts";
import { publish } from "../telemetry/publish.ts";
import type { Edge } from "../tree/node.ts";
import type { BackoffPlan } from "./backoff.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { RetryBudget } from "./retry-budget.ts";
import type { RetryMeters, RetryOutcome } from "./retry-meters.ts";
import { RetryNest, type RetryTally } from "./retry-nest.ts";
import { isNeverRetried, isRetryable, type RetryIf } from "./retryable.ts";

/** Why a retry ended although attempts were left: `retry.limited_by`. */
type LimitedBy = "outer_retry" | "budget" | "deadline" | "not_retryable";

interface Plan {
  readonly edge: Edge;
  readonly attempts: number;
  readonly backoff: BackoffPlan;
  readonly retryIf: RetryIf | undefined;
  readonly budget: RetryBudget | undefined;
  readonly nested: "limit" | "multiply";
}

/** One execution of a retry. */
export class RetryRun {
  readonly #plan: Plan;
  readonly #context: CallContext;
  readonly #meters: RetryMeters;
  /** The retries around, unless this one may multiply. */
  readonly #around: RetryNest | undefined;
  readonly #nest: RetryNest | undefined;
  readonly #tally: RetryTally | undefined;
  #calls = 0;
  #lastDelayMs = 0;

  constructor(plan: Plan, context: CallContext, meters: RetryMeters) {
    this.#plan = plan;
    this.#context = context;
    this.#meters = meters;
    const mayMultiply = plan.nested === "multiply";
    this.#around = mayMultiply ? undefined : context.retryNest;
    this.#nest = mayMultiply ? undefined : new RetryNest(plan.attempts, this.#around);
    this.#tally = this.#around?.enter(context.path);
  }

  async run(input: unknown): Promise<unknown> {
    try {
      const value = await this.#attempt(input);
      this.#count(this.#calls === 1 ? "succeeded_first" : "succeeded_after_retry");
      return value;
    } catch (error) {
      this.#count(this.#calls > 1 ? "failed_after_retry" : "failed_first");
      throw error;
    }
  }

  #count(outcome: RetryOutcome): void {
    if (!this.#context.runtime.replaying) this.#meters.ended(outcome);
  }

  async #attempt(input: unknown): Promise<unknown> {
    const { attempts, edge, budget } = this.#plan;
    const context = this.#context;
    context.retryNest = this.#nest;
    context.note("retry.max_attempts", attempts);
    if (this.#isSpent()) return this.#refuseToStart();
    budget?.deposit(context.runtime.elapsed());
    let attributes: Record<string, string | number> = {
      "retry.attempt": 1,
      "retry.max_attempts": attempts,
    };
    for (let attempt = 1; ; attempt++) {
      this.#calls = attempt;
      this.#tally?.noteStart();
      context.branch.run.attempts++;
      try {
        const value = await context.invoke(edge, input, { index: attempt, attributes });
        if (attempt > 1) context.note("retry.recovered", true);
        return value;
      } catch (error) {
        const delayMs = await this.#delayBefore(attempt + 1, error);
        const reason = failureOf(error, false).type;
        attributes = {
          "retry.attempt": attempt + 1,
          "retry.max_attempts": attempts,
          "retry.delay_ms": delayMs,
          "retry.reason": reason,
        };
        if (this.#nest !== undefined) this.#nest.lastFailure = { error };
        await this.#wait(attempt, delayMs, reason);
      }
    }
  }

  /** How long to wait before the next attempt. @throws the error that ends the retry, when there is none */
  async #delayBefore(next: number, error: unknown): Promise<number> {
    const { attempts, backoff, budget } = this.#plan;
    const context = this.#context;
    const { runtime, scope } = context.branch;
    const end = (limitedBy: LimitedBy | undefined, final = error): never => {
      if (limitedBy !== undefined) context.note("retry.limited_by", limitedBy);
      throw final;
    };
    // Stopped from outside: whatever the error says, nothing more starts.
    if (scope.stopped) return end(undefined, scope.reason);
    if (this.#nest?.isFinal(error) === true) return end("outer_retry");
    if (this.#isSpent()) {
      this.#around!.endAll(error);
      return end(next > attempts ? undefined : "outer_retry");
    }
    if (next > attempts) return end(undefined);
    if (!(await this.#isWorthIt(error, next - 1))) return end("not_retryable");
    const planned = backoff.delayMs(next - 1, () => runtime.random(), this.#lastDelayMs);
    const delayMs = Math.max(planned, retryAfterMs(error, runtime.now()) ?? 0);
    this.#lastDelayMs = planned;
    if (runtime.elapsed() + delayMs >= scope.deadline) {
      const message = `no time is left for attempt ${next}: it would begin in ${Math.round(delayMs)} ms, at or after the deadline`;
      return end("deadline", new DeadlineExceededError(message, { cause: error }));
    }
    if (
      budget !== undefined &&
      !(await context.decide("budget", () => budget.withdraw(runtime.elapsed())))
    ) {
      if (!runtime.replaying) this.#meters.refused(budget.name);
      publish(context, {
        event: "budget.refused",
        level: "warn",
        fields: { budget: budget.name, kind: "retries" },
      });
      return end("budget");
    }
    return delayMs;
  }

  async #isWorthIt(error: unknown, attempt: number): Promise<boolean> {
    const { retryIf } = this.#plan;
    if (isNeverRetried(error)) return false;
    if (retryIf === undefined) return isRetryable(error);
    return this.#context.decide(`retry_if.${attempt}`, async (inner) =>
      Boolean(await retryIf(error, attempt, inner)),
    );
  }

  async #wait(attempt: number, delayMs: number, reason: string): Promise<void> {
    if (!this.#context.runtime.replaying) this.#meters.retried(reason);
    publish(this.#context, {
      event: "attempt.retried",
      level: "warn",
      fields: {
        attempt: attempt + 1,
        max_attempts: this.#plan.attempts,
        delay_ms: delayMs,
        reason,
      },
    });
    if (delayMs > 0) await this.#context.sleep(`backoff.${attempt}`, delayMs);
  }

  /** True where the retries around leave this one no call. */
  #isSpent(): boolean {
    if (this.#around === undefined) return false;
    return this.#tally!.started >= Math.max(this.#around.attempts, this.#plan.attempts);
  }

  /** Earlier attempts of the retries around have used up every call: what this one was made for stands. */
  #refuseToStart(): never {
    this.#context.note("retry.limited_by", "outer_retry");
    const { reason } = this.#around!;
    this.#around!.endAll(reason);
    // It was recorded where it started.
    this.#context.childError = reason;
    throw reason;
  }
}
