import type { ContextInit } from "./context.ts";

/** Before 1973 in epoch milliseconds: whoever passes less means a duration. */
const EARLIEST_EPOCH_MS = 100_000_000_000;

/** @throws TypeError or RangeError that names the field, its value and what was expected */
export function checkContext(init: ContextInit): ContextInit {
  if (init === null || typeof init !== "object")
    throw new TypeError(
      `execute(input, context): expected a context or an object of its fields, got ${typeof init}`,
    );
  const { signal, deadlineMs, timeoutMs } = init;
  if (
    signal !== undefined &&
    typeof (signal as Partial<AbortSignal>).addEventListener !== "function"
  )
    throw new TypeError(`context.signal: expected an AbortSignal, got ${typeof signal}`);
  if (timeoutMs !== undefined && !(timeoutMs > 0))
    throw new RangeError(`context.timeoutMs: expected milliseconds above 0, got ${timeoutMs}`);
  if (deadlineMs !== undefined && !(deadlineMs >= EARLIEST_EPOCH_MS))
    throw new RangeError(
      `context.deadlineMs: expected a moment in epoch milliseconds, such as Date.now() + 5000, got ${deadlineMs}; for a duration use timeoutMs`,
    );
  return init;
}
