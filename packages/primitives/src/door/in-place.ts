import { nodeOf } from "../tree/node-of.ts";
import { Edge } from "../tree/node.ts";
import type { CallContext } from "./call-context.ts";
import { refuse } from "./guard.ts";
import { segmentOf } from "../tree/place.ts";

/** `context.call` of a composite of one's own: a declared child by its key, or a step in place. */
export function callStep<O>(
  context: CallContext,
  child: unknown,
  call: { readonly input: unknown; readonly at: string | number | undefined },
): Promise<O> {
  try {
    const { edge, index } = edgeOf(context, child, call.at);
    // Only calls through the door are held to one at a time here: a leaf may execute primitives as it likes.
    const isLeaf = context.edge?.node.leaf === true;
    if (isLeaf && context.calling !== undefined)
      refuse(context, `${context.path}/${segmentOf(edge, index)}`);
    return context.invoke<O>(edge, call.input, index === undefined ? undefined : { index });
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Runs any step below this call, under a path of its own name. */
export function runInPlace<O>(context: CallContext, step: unknown, input: unknown): Promise<O> {
  try {
    return context.invoke<O>(new Edge("", nodeOf(step, "context.run(step)")), input);
  } catch (error) {
    return Promise.reject(error);
  }
}

function edgeOf(
  context: CallContext,
  child: unknown,
  at: string | number | undefined,
): { readonly edge: Edge; readonly index: number | undefined } {
  const declared = context.edge?.node.children ?? [];
  if (typeof child === "string") {
    const edge = declared.find(({ key }) => key === child);
    if (edge === undefined)
      throw new TypeError(
        `call: "${context.path}" declares no child "${child}" (${declared.map(({ key }) => key).join(", ") || "it has none"})`,
      );
    return { edge, index: indexOf(at) };
  }
  const node = nodeOf(child, "context.call(child)");
  const [key = "", index] = typeof at === "string" ? at.split(".") : ["", undefined];
  const edge =
    declared.find((candidate) => candidate.key === key && candidate.child.run === node.run) ??
    declared.find((candidate) => candidate.child === node || candidate.child.run === node.run) ??
    new Edge(key, node);
  return { edge, index: indexOf(index ?? at) };
}

function indexOf(at: string | number | undefined): number | undefined {
  if (at === undefined) return undefined;
  const index = Number(at);
  return Number.isSafeInteger(index) && index >= 0 ? index : undefined;
}
