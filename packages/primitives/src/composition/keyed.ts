import type { WorkflowContext } from "../context.ts";
import { type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { describe } from "../options.ts";
import type { TreeNode } from "../tree/node.ts";

/** Several steps at once: by name or by position. */
export type Branches = Readonly<Record<string, unknown>> | readonly unknown[];

/**
 * Steps of one input, where `O` is the record or tuple of their outputs.
 *
 * The first part infers the outputs and gives inline functions their parameter types; from such a mapped type TypeScript
 * does not infer the input, which is what the second part is for.
 */
export type StepsOf<I, O> = { readonly [K in keyof O]: Step<I, O[K]> } & (
  | Readonly<Record<string, Takes<I>>>
  | readonly Takes<I>[]
);

type Takes<I> =
  | { readonly execute: (input: I) => unknown }
  | ((input: I, context: WorkflowContext) => unknown);

/** Children given as a record or as a tuple: by key, in order. */
export function keyedNodes(
  branches: unknown,
  primitive: string,
): {
  readonly keys: readonly string[];
  readonly nodes: readonly TreeNode[];
  readonly isTuple: boolean;
} {
  if (branches === null || typeof branches !== "object")
    throw new TypeError(
      `${primitive}(): expected a record or an array of steps, got ${describe(branches)}`,
    );
  const keys = Object.keys(branches);
  if (keys.length === 0)
    throw new RangeError(`${primitive}(): expected at least one branch, got none`);
  const record = branches as Readonly<Record<string, unknown>>;
  const nodes = keys.map((key) => nodeOf(record[key], `${primitive}(): branch "${key}"`));
  return { keys, nodes, isTuple: Array.isArray(branches) };
}

/** Puts values back into the shape the branches came in. */
export function inShape(
  isTuple: boolean,
  entries: readonly (readonly [string, unknown])[],
): unknown {
  return isTuple ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
