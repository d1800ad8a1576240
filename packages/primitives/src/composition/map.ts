import { checkOptionalNumber, checkOptions, COUNT, describe, DURATION } from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import type { Outcome } from "../runtime/port.ts";
import { stepEdge, TreeNode } from "../tree/node.ts";

export interface MapOptions {
  /** Items under way at once. @default all */
  readonly concurrency?: number;
  /** How long stopped items may take to end, in milliseconds. @default 1000 */
  readonly graceMs?: number;
}

/**
 * Runs a step on every item of an array, at once or a few at a time; results keep the order of the items.
 *
 * The first failure aborts the others and is what the call rejects with.
 *
 * @throws TypeError when the input is no array; whatever an item throws; the caller's `signal.reason` on abort
 * @example
 * ```ts
 * import { map } from "@tta-dev/primitives";
 *
 * const lengths = map((word: string) => word.length, { concurrency: 4 });
 * const counts = await lengths.execute(["one", "three"]);
 * ```
 */
export function map<I, O>(
  step: Step<I, O>,
  options: MapOptions = {},
): Primitive<readonly I[], O[]> {
  checkOptions(options, "map(step, options)");
  const concurrency = checkOptionalNumber(options.concurrency, "map({ concurrency })", COUNT);
  const graceMs = checkOptionalNumber(options.graceMs, "map({ graceMs })", DURATION);
  const edge = stepEdge("map", nodeOf(step, "map(): step"), { key: "item", span: "item" });
  const policy = {
    until: "all" as const,
    ...(concurrency !== undefined && { concurrency }),
    ...(graceMs !== undefined && { graceMs }),
  };
  return primitiveOf(
    new TreeNode({
      type: "map",
      leaf: false,
      children: [edge],
      options: policy,
      run: async (items: readonly I[], context) => {
        if (!Array.isArray(items))
          throw new TypeError(
            `map "${context.place.name}": expected an array as input, got ${describe(items)}`,
          );
        const total = items.length;
        // Not `items.map`, which leaves out the empty places of an array.
        const calls = Array.from(items, (input, index) => ({
          edge,
          input,
          index,
          attributes: { "step.index": index, "step.total_steps": total },
        }));
        const join = await context.forkEdges(calls, policy);
        if (join.reason === "failed")
          throw (join.outcomes[join.index!] as { readonly error: unknown }).error;
        return join.outcomes.map(
          (outcome) => (outcome as Extract<Outcome<O>, { status: "fulfilled" }>).value,
        );
      },
    }),
  );
}
