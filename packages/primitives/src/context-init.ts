import type { ContextInit } from "./context.ts";
import { describe } from "./options.ts";

/** Before 1973 in epoch milliseconds: whoever passes less means a duration. */
const EARLIEST_EPOCH_MS = 100_000_000_000;

/** @throws TypeError or RangeError that names the field, its value and what was expected */
export function checkContext(init: ContextInit): ContextInit {
  if (init === null || typeof init !== "object")
    throw new TypeError(
      `execute(input, context): expected a context or an object of its fields, got ${describe(init)}`,
    );
  const { signal, deadlineMs, timeoutMs } = init;
  if (
    signal !== undefined &&
    typeof (signal as Partial<AbortSignal> | null)?.addEventListener !== "function"
  )
    throw new TypeError(`context.signal: expected an AbortSignal, got ${describe(signal)}`);
  if (timeoutMs !== undefined && !(timeoutMs > 0))
    throw new RangeError(
      `context.timeoutMs: expected milliseconds above 0, got ${describe(timeoutMs)}`,
    );
  if (deadlineMs !== undefined && !(deadlineMs >= EARLIEST_EPOCH_MS))
    throw new RangeError(
      `context.deadlineMs: expected a moment in epoch milliseconds, such as Date.now() + 5000, got ${describe(deadlineMs)}; for a duration use timeoutMs`,
    );
  return init;
}

/** What belongs to a run as a whole, so that nothing below can have another. */
const OF_THE_RUN = [
  "workflowId",
  "signal",
  "deadlineMs",
  "timeoutMs",
  "trace",
  "state",
  "runtime",
  "spans",
] as const satisfies readonly (keyof ContextInit)[];

/** @throws TypeError for a field that `context.child` cannot change */
export function checkOverrides(overrides: ContextInit): ContextInit {
  checkContext(overrides);
  const fixed = OF_THE_RUN.find((field) => overrides[field] !== undefined);
  if (fixed === undefined) return overrides;
  throw new TypeError(
    `context.child({ ${fixed} }): not for a child to change; pass it to execute() where a run begins`,
  );
}
