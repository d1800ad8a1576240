import type { CallContext } from "../door/call-context.ts";
import { stepEdge, TreeNode, type Edge } from "./node.ts";

/** A node that runs its children one after another, each on what the one before returned. */
export function sequenceNode(steps: readonly TreeNode[]): TreeNode {
  const edges = steps.map((step, index) =>
    stepEdge("sequential", step, {
      key: String(index),
      span: `step_${index}`,
      attributes: { "step.index": index, "step.total_steps": steps.length },
    }),
  );
  return new TreeNode({
    type: "sequential",
    leaf: false,
    children: edges,
    run: (input: unknown, context) => runSteps(edges, input, context),
  });
}

async function runSteps(
  edges: readonly Edge[],
  input: unknown,
  context: CallContext,
): Promise<unknown> {
  let value = input;
  for (const edge of edges) value = await context.invoke(edge, value);
  return value;
}

/** Joins two nodes; a sequence without a name of its own grows instead of nesting. */
export function chain(first: TreeNode, next: TreeNode): TreeNode {
  const open = first.type === "sequential" && first.name === undefined;
  return sequenceNode([...(open ? first.children.map((edge) => edge.child) : [first]), next]);
}
