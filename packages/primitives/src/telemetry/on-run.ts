import { checkOptions, describe } from "../options.ts";
import { slot } from "../slot.ts";
import type { RunListener } from "./run-listener.ts";

/**
 * Tells a listener of every run that settles and of every score it is given; also of each workflow inside a run.
 *
 * It is called in the middle of the work: it should note what it needs and return. If it throws, that disturbs nobody.
 * Replayed work is not told again.
 *
 * @returns a function that ends it
 * @throws TypeError when the listener is no object with `ended` or `scored`
 * @example
 * ```ts
 * import { onRun } from "@tta-dev/primitives";
 *
 * const stop = onRun({ ended: ({ workflowName, status, durationSeconds }) => process.stderr.write(`${workflowName} ${status} ${durationSeconds} s\n`) });
 * stop();
 * ```
 */
export function onRun(listener: RunListener): () => void {
  checkOptions(listener, "onRun(listener)");
  for (const method of ["ended", "scored"] as const)
    if (listener[method] !== undefined && typeof listener[method] !== "function")
      throw new TypeError(
        `onRun({ ${method} }): expected a function, got ${describe(listener[method])}`,
      );
  const { runListeners } = slot();
  runListeners.add(listener);
  return () => void runListeners.delete(listener);
}
