import { BulkheadFullError } from "../errors.ts";
import { checkNumber, checkOptions, COUNT } from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { whenLost } from "../runtime/when-lost.ts";
import { Edge, TreeNode } from "../tree/node.ts";
import { BulkheadGate, type BulkheadPlace } from "./bulkhead-gate.ts";
import { bulkheadMeters, type BulkheadMeters } from "./bulkhead-meters.ts";
import { noteWait } from "./note-wait.ts";

export interface BulkheadOptions {
  /** Calls of the step under way at once, over all runs. */
  readonly concurrency: number;
  /** Calls that may wait for a place; one more is rejected at once. @default 0 */
  readonly queue?: number;
}

/**
 * Limits how many calls of a step run at once, so that one slow dependency does not take everything with it.
 *
 * A call that finds no place waits in a queue, first come, first served, or is rejected when the queue is full. Whoever is
 * aborted or runs into its deadline leaves the queue at once. A place is given back exactly once, when the call of the step
 * has settled; a stream keeps its place until it is over.
 *
 * A step that ignores its abort keeps its place for as long as it really runs: with `timeout(bulkhead(step))` there are
 * never more than `concurrency` of them, whatever was left behind. With `bulkhead(timeout(step))` the place is free when the
 * timeout rejects, although the step may go on. A run that is suspended gives its place back and does not take it again.
 *
 * The places belong to the primitive: all its executions share them, wherever it stands, under whatever name.
 *
 * @throws BulkheadFullError when there is neither a place nor room in the queue; whatever the step throws; the caller's
 *   `signal.reason` on abort, DeadlineExceededError past the deadline, at once also in the queue; TypeError and RangeError
 *   for wrong options
 * @example
 * ```ts
 * import { bulkhead } from "@tta-dev/primitives";
 *
 * const embed = async (text: string) => [text.length];
 * const gentle = bulkhead(embed, { concurrency: 4, queue: 100 });
 * ```
 */
export function bulkhead<I, O>(step: Step<I, O>, options: BulkheadOptions): Primitive<I, O> {
  checkOptions(options, "bulkhead(step, options)");
  const concurrency = checkNumber(options.concurrency, "bulkhead({ concurrency })", COUNT);
  const queue = checkNumber(options.queue ?? 0, "bulkhead({ queue })", { min: 0, integer: true });
  const child = nodeOf(step, "bulkhead(): step");
  const edge = new Edge("body", child, { wraps: true });
  const gate = new BulkheadGate(concurrency, queue);
  return primitiveOf(
    new TreeNode({
      type: "bulkhead",
      name: child.name,
      leaf: false,
      children: [edge],
      options: { concurrency, queue },
      meters: bulkheadMeters,
      run: async (input: I, context, meters: BulkheadMeters) => {
        const { runtime } = context;
        // Stays undefined on a replay: what was decided then holds no place now.
        let place: BulkheadPlace | undefined;
        let unwatch = (): void => undefined;
        const leave = (): void => {
          unwatch();
          place?.leave();
        };
        try {
          const entry = await context.decide("admit", async (inner) => {
            const askedAt = inner.runtime.elapsed();
            place = gate.ask(meters);
            if (place === undefined) return { isIn: false, waitedMs: 0 };
            unwatch = whenLost(runtime, leave);
            await place.entered(inner.branch.scope);
            const waitedMs = place.isImmediate ? 0 : inner.runtime.elapsed() - askedAt;
            return { isIn: true, waitedMs };
          });
          noteWait(context, entry.waitedMs);
          if (!entry.isIn) throw full(context.place.name, concurrency, queue);
          context.onSettled = leave;
          return await context.invoke(edge, input);
        } catch (error) {
          // Where the step was called it has left already.
          leave();
          throw error;
        }
      },
    }),
  );
}

function full(name: string, concurrency: number, queue: number): BulkheadFullError {
  const waiting = queue === 0 ? "and it has no queue" : `and ${queue} wait`;
  return new BulkheadFullError(
    `bulkhead "${name}" is full: ${concurrency} calls are under way ${waiting}`,
  );
}
