import { AllFailedError } from "../errors.ts";
import { checkOptionalNumber, checkOptions, DURATION } from "../options.ts";
import { primitiveOf, type Primitive } from "../primitive.ts";
import type { Outcome } from "../runtime/port.ts";
import { stepEdge, TreeNode } from "../tree/node.ts";
import { keyedNodes, type Branches, type StepsOf } from "./keyed.ts";

export interface RaceOptions {
  /** How long the losers may take to end before they are left behind, in milliseconds; the result waits for them. @default 0 */
  readonly graceMs?: number;
}

/**
 * Runs branches at once on the same input; the first success wins and the others are stopped.
 *
 * @throws AllFailedError, with every error, when no branch succeeds; the caller's `signal.reason` on abort
 * @example
 * ```ts
 * import { race } from "@tta-dev/primitives";
 *
 * const fastest = race({
 *   near: async (id: string) => `near ${id}`,
 *   far: async (id: string) => `far ${id}`,
 * });
 * ```
 */
export function race<I, const O extends Branches>(
  branches: StepsOf<I, O>,
  options: RaceOptions = {},
): Primitive<I, O extends readonly unknown[] ? O[number] : O[keyof O]> {
  const { keys, nodes } = keyedNodes(branches, "race");
  checkOptions(options, "race(branches, options)");
  const graceMs = checkOptionalNumber(options.graceMs, "race({ graceMs })", DURATION) ?? 0;
  const edges = nodes.map((node, index) =>
    stepEdge("race", node, {
      key: keys[index]!,
      span: `attempt_${keys[index]}`,
      attributes: { "step.index": index, "step.total_steps": nodes.length },
    }),
  );
  const policy = { until: { quorum: 1 }, graceMs };
  return primitiveOf(
    new TreeNode({
      type: "race",
      leaf: false,
      children: edges,
      options: policy,
      run: async (input: I, context) => {
        const join = await context.forkEdges(
          edges.map((edge) => ({ edge, input })),
          policy,
        );
        const decider = join.outcomes[join.index!] as Outcome;
        if (decider.status === "fulfilled") return decider.value;
        throw new AllFailedError(
          `all ${keys.length} branches of race "${context.place.name}" failed`,
          join.outcomes.flatMap((outcome) =>
            outcome.status === "rejected" ? [outcome.error] : [],
          ),
        );
      },
    }),
  );
}
