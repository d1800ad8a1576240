import { describe } from "../options.ts";
import type { Primitive } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import type { TreeNode } from "../tree/node.ts";
import type { ComponentOptions, ComponentPart } from "./component.ts";

/**
 * Reads which series of the metrics are a component's.
 *
 * @throws TypeError or RangeError that names the option, its value and what was expected.
 */
export function partsOf(
  { workflow, primitives }: ComponentOptions,
  option: string,
): readonly ComponentPart[] {
  if ((workflow === undefined) === (primitives === undefined))
    throw new TypeError(
      `${option}: expected either workflow or primitives, got ${workflow === undefined ? "neither" : "both"}`,
    );
  if (workflow !== undefined) {
    if ((workflow as Partial<typeof workflow> | null)?.type !== "workflow")
      throw new TypeError(
        `${option}.workflow: expected what workflow() returns, got ${shown(workflow)}; give other primitives as primitives`,
      );
    return Object.freeze([partOf(nodeFrom(workflow, `${option}.workflow`), option)]);
  }
  if (!Array.isArray(primitives) || primitives.length === 0)
    throw new TypeError(
      `${option}.primitives: expected an array of at least one primitive, got ${describe(primitives)}`,
    );
  const nodes = (primitives as readonly Primitive<never, unknown>[]).map((one, index) =>
    nodeFrom(one, `${option}.primitives[${index}]`),
  );
  const parts = nodes.map((node, index) => partOf(node, `${option}.primitives[${index}]`));
  for (const [index, { name, type }] of parts.entries()) {
    const twin = parts.findIndex((one) => one.name === name && one.type === type);
    if (twin < index)
      throw new RangeError(
        `${option}.primitives: ${type} "${name}" is at index ${twin} and at index ${index}; its metrics would be counted twice`,
      );
    refuseInner(nodes[index]!, parts, `${option}.primitives: ${type} "${name}"`);
  }
  return Object.freeze(parts);
}

function nodeFrom(primitive: unknown, option: string): TreeNode {
  if (typeof primitive === "function")
    throw new TypeError(
      `${option}: expected a primitive, got a function; step("name", …) makes one`,
    );
  return nodeOf(primitive, option);
}

function partOf({ name, type }: TreeNode, option: string): ComponentPart {
  if (name === undefined)
    throw new TypeError(
      `${option}: expected a primitive with a name of its own, got a ${type} without: its metrics are called after the place where it stands; give it a name with .named("…")`,
    );
  return Object.freeze({ name, type });
}

/** An execution of the outer primitive would count for the inner one once more. */
function refuseInner(outer: TreeNode, parts: readonly ComponentPart[], what: string): void {
  for (const { child } of outer.children) {
    const inner = parts.find(({ name, type }) => name === child.name && type === child.type);
    if (inner !== undefined)
      throw new RangeError(
        `${what} has ${inner.type} "${inner.name}" in it, which would be counted twice; list the outer one alone, and give two of one name names of their own`,
      );
    refuseInner(child, parts, what);
  }
}

function shown(value: unknown): string {
  const { type } = (value ?? {}) as { readonly type?: unknown };
  return typeof type === "string" ? `a ${type}` : describe(value);
}
