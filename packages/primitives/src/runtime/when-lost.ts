import { onAbort } from "./on-abort.ts";
import type { Runtime } from "./port.ts";

/**
 * Calls back when this process stops working on a branch that may go on elsewhere: suspended or lost. Its frame is then
 * dropped without a `finally`.
 *
 * In place the callback never comes: there the work itself says when it is over, and what was left behind by a timeout
 * still holds what it took.
 *
 * @returns how to stop listening
 */
export function whenLost(runtime: Runtime, giveBack: () => void): () => void {
  return runtime.inline ? () => undefined : onAbort(runtime.ended, giveBack);
}
