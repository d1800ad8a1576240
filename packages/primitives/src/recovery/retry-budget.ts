import { checkNumber, checkOptionalNumber, checkOptions, POSITIVE_DURATION } from "../options.ts";
import { checkName } from "../primitive.ts";

export interface RetryBudgetOptions {
  /** Label `budget` in telemetry. */
  readonly name: string;
  /** Retries allowed per call, over the window. @default 0.2 */
  readonly ratio?: number;
  /** Retries allowed whatever the traffic, per second. @default 1 */
  readonly minPerSecond?: number;
  /** Length of the sliding window, in milliseconds. @default 10_000 */
  readonly windowMs?: number;
}

/** Shared by any number of retries: says whether one more retry is affordable. */
export interface RetryBudget {
  readonly name: string;
  /** Notes a call that is no retry. @param nowMs Monotonic milliseconds */
  deposit(nowMs: number): void;
  /** Takes one retry out of the budget, if there is one. @param nowMs Monotonic milliseconds */
  withdraw(nowMs: number): boolean;
}

const CELLS = 10;

/**
 * Makes a budget that keeps retries a share of the traffic, so that an outage is not met with several times the load.
 *
 * The rule is Finagle's: in a sliding window, retries ≤ ratio × calls + a small fixed rate.
 *
 * @throws TypeError or RangeError that names the option
 * @example
 * ```ts
 * import { retry, retryBudget } from "@tta-dev/primitives";
 *
 * const budget = retryBudget({ name: "openai", ratio: 0.1 });
 * const call = retry(async (prompt: string) => prompt.length, { attempts: 3, budget });
 * ```
 */
export function retryBudget(options: RetryBudgetOptions): RetryBudget {
  checkOptions(options, "retryBudget(options)");
  const name = checkName(options.name, "retryBudget({ name })");
  const ratio = checkOptionalNumber(options.ratio, "retryBudget({ ratio })", { min: 0 }) ?? 0.2;
  const minPerSecond =
    checkOptionalNumber(options.minPerSecond, "retryBudget({ minPerSecond })", { min: 0 }) ?? 1;
  const windowMs = checkNumber(
    options.windowMs ?? 10_000,
    "retryBudget({ windowMs })",
    POSITIVE_DURATION,
  );
  const cells = Array.from({ length: CELLS }, () => ({ turn: -1, calls: 0, retries: 0 }));
  const cellAt = (nowMs: number): (typeof cells)[number] => {
    const turn = Math.floor((nowMs / windowMs) * CELLS);
    const cell = cells[turn % CELLS]!;
    if (cell.turn !== turn) Object.assign(cell, { turn, calls: 0, retries: 0 });
    return cell;
  };
  const free = (windowMs / 1000) * minPerSecond;
  return {
    name,
    deposit: (nowMs) => void cellAt(nowMs).calls++,
    withdraw(nowMs) {
      const current = cellAt(nowMs);
      let calls = 0;
      let retries = 0;
      for (const cell of cells) {
        if (cell.turn <= current.turn - CELLS) continue;
        calls += cell.calls;
        retries += cell.retries;
      }
      if (retries + 1 > ratio * calls + free) return false;
      current.retries++;
      return true;
    },
  };
}
