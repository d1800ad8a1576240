import type { WorkflowContext } from "../context.ts";
import { checkFunction } from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { stepEdge, TreeNode } from "../tree/node.ts";

/**
 * Runs one of two steps, as the predicate says; without `otherwise` the input passes through.
 *
 * The predicate's answer is recorded, so that a replay goes the same way.
 *
 * @throws TypeError for wrong arguments; whatever predicate and step throw; the caller's `signal.reason` on abort
 * @example
 * ```ts
 * import { conditional } from "@tta-dev/primitives";
 *
 * const polite = conditional(
 *   (text: string) => text.endsWith("!"),
 *   (text) => text.slice(0, -1),
 * );
 * ```
 */
export function conditional<I, O, P = I>(
  predicate: (input: I, context: WorkflowContext) => boolean | PromiseLike<boolean>,
  then: Step<I, O>,
  otherwise?: Step<I, P>,
): Primitive<I, O | P> {
  checkFunction(predicate, "conditional(predicate)");
  const edge = (step: unknown, key: "then" | "else", index: number): ReturnType<typeof stepEdge> =>
    stepEdge("conditional", nodeOf(step, `conditional(): ${key}`), {
      key,
      span: `branch_${key}`,
      attributes: { "step.index": index, "step.total_steps": otherwise === undefined ? 1 : 2 },
    });
  const yes = edge(then, "then", 0);
  const no = otherwise === undefined ? undefined : edge(otherwise, "else", 1);
  return primitiveOf(
    new TreeNode({
      type: "conditional",
      leaf: false,
      children: no === undefined ? [yes] : [yes, no],
      run: async (input: I, context) => {
        const isTrue = await context.decide("if", async (inner) =>
          Boolean(await predicate(input, inner)),
        );
        const chosen = isTrue ? yes : no;
        return chosen === undefined ? input : context.invoke(chosen, input);
      },
    }),
  );
}
