import { nodeOf, type Step } from "../primitive.ts";
import { describe } from "../options.ts";
import type { TreeNode } from "../tree/node.ts";

/** Input that every one of these steps can take. */
export type InputOf<T> = T extends Step<infer I, never> ? I : T extends Step<infer I, unknown> ? I : never;

/** What the steps of a record or a tuple return. */
export type OutputsOf<R> = { -readonly [K in keyof R]: OutputOf<R[K]> };
export type OutputOf<T> = T extends { readonly execute: (...rest: never[]) => Promise<infer O> }
  ? O
  : T extends (...rest: never[]) => infer O
    ? Awaited<O>
    : never;

/** Children given as a record or as a tuple: by key, in order. */
export function keyedNodes(
  branches: unknown,
  primitive: string,
): { readonly keys: readonly string[]; readonly nodes: readonly TreeNode[]; readonly isTuple: boolean } {
  if (branches === null || typeof branches !== "object")
    throw new TypeError(`${primitive}(): expected a record or an array of steps, got ${describe(branches)}`);
  const keys = Object.keys(branches);
  if (keys.length === 0) throw new RangeError(`${primitive}(): expected at least one branch, got none`);
  const record = branches as Readonly<Record<string, unknown>>;
  const nodes = keys.map((key) => nodeOf(record[key], `${primitive}(): branch "${key}"`));
  return { keys, nodes, isTuple: Array.isArray(branches) };
}

/** Puts values back into the shape the branches came in. */
export function inShape(isTuple: boolean, entries: readonly (readonly [string, unknown])[]): unknown {
  return isTuple ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
