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
  if (runtime.inline) return () => undefined;
  const { ended } = runtime;
  if (ended.aborted) {
    giveBack();
    return () => undefined;
  }
  ended.addEventListener("abort", giveBack, { once: true });
  return () => ended.removeEventListener("abort", giveBack);
}
