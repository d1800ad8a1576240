import type { ContextInit } from "../context.ts";
import { checkContext } from "../context-init.ts";
import { checkName, primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { checkOptions, describe } from "../options.ts";
import type { Slo } from "../slo/slo.ts";
import { extras, slot } from "../slot.ts";
import { labelsOf, type Labels } from "../door/labels.ts";
import { Edge, TreeNode } from "../tree/node.ts";
import { nowhere, Place } from "../tree/place.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { checkSchema, validateWith } from "./validate.ts";

export interface WorkflowOptions<I> {
  /** Checks the input before the first step; any Standard Schema (zod, valibot, arktype, …). */
  readonly input?: StandardSchema<unknown, I>;
  /** Service level objectives, as `defineSlo` makes them: of this workflow, where they name no other. */
  readonly slos?: readonly Slo[];
  /** Fields that every run of this workflow has unless its caller says otherwise. */
  readonly context?: Omit<
    ContextInit,
    "signal" | "deadlineMs" | "runtime" | "workflowId" | "workflowName"
  >;
}

/**
 * Makes the root of a run: what it is called, what it takes, what its runs have in common.
 *
 * One execution is one run and one trace, whatever is nested in it. A workflow inside a workflow is part of the outer run.
 *
 * @throws TypeError for a name that is no non-empty string; RangeError for an SLO whose name another SLO of the process
 * has; InvalidInputError when the schema refuses the input
 * @example
 * ```ts
 * import { workflow } from "@tta-dev/primitives";
 *
 * const answer = workflow("answer-question", async (question: string) => `You asked: ${question}`);
 * const reply = await answer.execute("Why?", { correlationId: "req-123" });
 * ```
 */
export function workflow<I, O>(
  name: string,
  step: Step<I, O>,
  options: WorkflowOptions<I> = {},
): Primitive<I, O> {
  checkName(name, "workflow(name)");
  const body = nodeOf(step, `workflow("${name}"): step`);
  const edge = new Edge("", body, { transparent: body.name === undefined });
  checkOptions(options, `workflow("${name}", step, options)`);
  const { input: schema, slos, context } = options;
  checkSchema(schema, `workflow("${name}", { input })`);
  if (context !== undefined) {
    checkOptions(context, `workflow("${name}", { context })`);
    checkContext(context);
  }
  const judged = slos === undefined ? undefined : declareSlos(name, slos);
  const node = new TreeNode({
    type: "workflow",
    name,
    leaf: false,
    children: [edge],
    options: {
      ...(judged !== undefined && { slos: judged }),
      hasInputSchema: schema !== undefined,
    },
    context,
    run:
      schema === undefined
        ? (input, inner) => inner.invoke(edge, input)
        : async (input, inner) =>
            inner.invoke(edge, await validateWith(schema, input, `workflow "${name}"`)),
  });
  bindSeries(node);
  return primitiveOf(node);
}

/** What checks SLOs comes with `defineSlo`, so that a workflow without any need not bring it. */
function declareSlos(workflowName: string, slos: unknown): readonly Slo[] {
  const { declareSlos: declare } = extras();
  if (declare !== undefined) return declare(workflowName, slos);
  throw new TypeError(
    `workflow("${workflowName}", { slos }): expected what defineSlo() returns, got ${describe(slos)}`,
  );
}

/** Binds the series of every place of the tree, so that they exist with 0 before the first event: `increase` does not see a series born at 1. */
function bindSeries(root: TreeNode): void {
  const bind = (place: Place, node: TreeNode, around: Labels): void => {
    const { workflowName, context } = node;
    const labels =
      workflowName === undefined
        ? around
        : labelsOf(around.registry, workflowName, context?.agentType ?? around.agentType);
    if (!node.isFrame) place.handles(labels);
    for (const edge of node.children) bind(place.child(edge), edge.node, labels);
  };
  const nobody = labelsOf(slot().registry, undefined, undefined);
  bind(new Place(nowhere, new Edge("", root)), root, nobody);
}
