import type { WorkflowContext } from "../context.ts";
import { NoCaseError } from "../errors.ts";
import { checkFunction } from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { stepEdge, TreeNode, type Edge } from "../tree/node.ts";
import { keyedNodes, type StepsOf } from "./keyed.ts";

/**
 * Runs the case that `select` names, or the default.
 *
 * @throws NoCaseError, which names the key, when no case matches and there is no default; TypeError for wrong arguments,
 *   such as a default beside a case called "default"
 * @example
 * ```ts
 * import { switchCase } from "@tta-dev/primitives";
 *
 * const greet = switchCase((language: string) => language, {
 *   de: () => "Guten Tag",
 *   en: () => "Good day",
 * }, (language) => `(${language})`);
 * ```
 */
export function switchCase<I, O extends Readonly<Record<string, unknown>>, P = never>(
  select: (input: I, context: WorkflowContext) => string | PromiseLike<string>,
  cases: StepsOf<I, O>,
  defaultStep?: Step<I, P>,
): Primitive<I, O[keyof O] | P> {
  checkFunction(select, "switchCase(select)");
  const { keys, nodes } = keyedNodes(cases, "switchCase");
  if (defaultStep !== undefined && keys.includes("default"))
    throw new TypeError('switchCase(): a case is called "default" and there is a default step too');
  const edge = (index: number, key: string, node: TreeNode): Edge =>
    stepEdge("switch", node, {
      key,
      span: `case_${key}`,
      attributes: { "step.index": index, "step.total_steps": keys.length },
    });
  const edges = new Map(keys.map((key, index) => [key, edge(index, key, nodes[index]!)]));
  const rest =
    defaultStep === undefined
      ? undefined
      : edge(keys.length, "default", nodeOf(defaultStep, "switchCase(): default"));
  return primitiveOf(
    new TreeNode({
      type: "switch",
      leaf: false,
      children: [...edges.values(), ...(rest === undefined ? [] : [rest])],
      options: { cases: keys, hasDefault: rest !== undefined },
      run: async (input: I, context) => {
        const key = await context.decide("select", (inner) => select(input, inner));
        const chosen = edges.get(key) ?? rest;
        if (chosen === undefined)
          throw new NoCaseError(
            `switch "${context.place.name}" has no case "${key}" (${keys.join(", ")})`,
            String(key),
          );
        return context.invoke(chosen, input);
      },
    }),
  );
}
