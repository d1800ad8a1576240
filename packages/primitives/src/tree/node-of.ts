import { STEP_TYPE, TreeNode, type Run } from "./node.ts";

/** Under this key a primitive carries its node. */
export const NODE: unique symbol = Symbol.for("tta.dev/node");

/** The node of a step. A plain function becomes a leaf called after itself. @throws TypeError for anything else */
export function nodeOf(step: unknown, what = "step"): TreeNode {
  if (typeof step === "function")
    return new TreeNode({
      type: STEP_TYPE,
      name: step.name === "" ? undefined : step.name,
      leaf: true,
      run: step as Run,
    });
  const node = (step as { [NODE]?: TreeNode } | null | undefined)?.[NODE];
  if (node === undefined)
    throw new TypeError(
      `${what}: expected a primitive or a function, got ${step === null ? "null" : typeof step}`,
    );
  return node;
}
