import { checkNumber, DURATION } from "../options.ts";
import { primitiveOf, type Primitive } from "../primitive.ts";
import { TreeNode } from "../tree/node.ts";
import { measured, waitMeters, type WaitMeters } from "./wait-meters.ts";

/**
 * Waits, then passes its input on. On a durable engine the wait takes no process.
 *
 * @param ms Milliseconds; the run's deadline goes on meanwhile
 * @throws TypeError or RangeError for a wrong duration; the caller's `signal.reason` on abort, at once
 * @example
 * ```ts
 * import { delay, sequential } from "@tta-dev/primitives";
 *
 * const later = sequential((text: string) => text.trim(), delay(50));
 * ```
 */
export function delay<T>(ms: number): Primitive<T, T> {
  checkNumber(ms, "delay(ms)", DURATION);
  return primitiveOf(
    new TreeNode({
      type: "wait",
      leaf: false,
      options: { kind: "delay", ms },
      meters: waitMeters,
      run: async (input: T, context, meters: WaitMeters) => {
        await measured(context, { kind: "delay", meters }, () => context.sleep("delay", ms));
        return input;
      },
    }),
  );
}
