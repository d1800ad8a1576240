import type { ContextInit, WorkflowContext } from "./context.ts";
import { execute } from "./door/enter.ts";
import { describe } from "./options.ts";
import { describeNode, type WorkflowGraph } from "./tree/describe.ts";
import { NODE, nodeOf } from "./tree/node-of.ts";
import { chain } from "./tree/sequence.ts";
import { Edge, type TreeNode } from "./tree/node.ts";

/** A step of a workflow, or a whole one: something with a name, a type and one way to run it. */
export interface Primitive<I, O> {
  readonly name: string;
  /** `primitive.type` in telemetry: "sequential", "retry", … */
  readonly type: string;
  /**
   * Runs the primitive. Bound, so it may be passed as a plain function. A property on purpose: parameters of methods
   * are compared both ways, and a wrong primitive would compile.
   */
  readonly execute: (input: I, context?: WorkflowContext | ContextInit) => Promise<O>;
  /** The same primitive under a name of its own. */
  named(name: string): Primitive<I, O>;
  /** Feeds the output into the next step. */
  pipe<O2>(next: Step<NoInfer<O>, O2>): Primitive<I, O2>;
  /** The tree as data: `toMermaid` draws it. */
  describe(): WorkflowGraph;
}

/** What primitives are composed of: other primitives, and plain functions. */
export type Step<I, O> =
  | Primitive<I, O>
  | ((input: I, context: WorkflowContext) => O | PromiseLike<O>);

/** Makes the primitive that users hold from a node of the tree. */
export function primitiveOf<I, O>(node: TreeNode): Primitive<I, O> {
  let root: Edge | undefined;
  const primitive: Primitive<I, O> & { readonly [NODE]: TreeNode } = {
    [NODE]: node,
    name: node.name ?? node.type,
    type: node.type,
    execute: (input, context) => execute<O>((root ??= new Edge("", node)), input, context),
    named: (name) => primitiveOf(node.named(checkName(name, `${node.type}.named(name)`))),
    pipe: (next) => primitiveOf(chain(node, nodeOf(next))),
    describe: () => describeNode(node),
  };
  return Object.freeze(primitive);
}

/** Wraps a plain function as a primitive; a primitive is returned as it is. */
export function toPrimitive<I, O>(step: Step<I, O>): Primitive<I, O> {
  const node = nodeOf(step);
  return typeof step === "function" ? primitiveOf<I, O>(node) : step;
}

/** @throws TypeError when a name is not a non-empty string of at most 200 characters */
export function checkName(name: unknown, option: string): string {
  if (typeof name !== "string" || name === "" || name.length > 200)
    throw new TypeError(
      `${option}: expected a non-empty string of at most 200 characters, got ${describe(name)}`,
    );
  return name;
}
