import type { LastOf } from "../composition/last-of.ts";
import type { WorkflowContext } from "../context.ts";
import { checkFunction, describe } from "../options.ts";
import { checkName, primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { stepEdge, TreeNode } from "../tree/node.ts";
import { retry, type RetryOptions } from "./retry.ts";
import { sagaMeters, type SagaMeters } from "./saga-meters.ts";
import { SagaRun, type SagaPart } from "./saga-run.ts";

/** What a compensation is given: the step's input, its output if it finished, and what made the saga fail. */
export interface Compensation<I, O> {
  readonly input: I;
  /** Undefined when the step did not finish: it timed out or was aborted, and nobody knows what it did. */
  readonly output: O | undefined;
  readonly error: unknown;
}

export interface SagaStep<I, O> {
  readonly name: string;
  readonly execute: Step<I, O>;
  /** Undoes the step. Neither the caller's abort nor a deadline reaches it: bound it, and make it idempotent. */
  readonly compensate?:
    | Step<Compensation<I, O>, unknown>
    | ((given: Compensation<I, O>, context: WorkflowContext) => unknown);
  /** How often the compensation is tried. @default once */
  readonly retry?: RetryOptions;
}

/**
 * Runs steps one after another and undoes them, latest first, when one fails.
 *
 * Each step gets the output of the one before. A step that threw is not compensated; one whose outcome is unknown (it
 * timed out or was aborted) is. Compensations run shielded from the caller's abort, and a failing one does not stop the
 * rest.
 *
 * @throws SagaError, with what was compensated, failed and skipped and the step's error as `cause`; the caller's
 *   `signal.reason`, after compensating, on abort; TypeError for wrong steps
 * @example
 * ```ts
 * import { saga } from "@tta-dev/primitives";
 *
 * const book = saga(
 *   { name: "flight", execute: async (trip: string) => ({ trip, flight: "XY1" }), compensate: async ({ output }) => output?.flight },
 *   { name: "hotel", execute: async ({ trip, flight }) => ({ trip, flight, hotel: "H2" }) },
 * );
 * ```
 */
/* oxlint-disable max-params -- a saga is its parameters */
export function saga<
  I,
  A = never,
  B = never,
  C = never,
  D = never,
  E = never,
  F = never,
  G = never,
  H = never,
  J = never,
  K = never,
>(
  first: SagaStep<I, A>,
  second?: SagaStep<NoInfer<A>, B>,
  third?: SagaStep<NoInfer<B>, C>,
  fourth?: SagaStep<NoInfer<C>, D>,
  fifth?: SagaStep<NoInfer<D>, E>,
  sixth?: SagaStep<NoInfer<E>, F>,
  seventh?: SagaStep<NoInfer<F>, G>,
  eighth?: SagaStep<NoInfer<G>, H>,
  ninth?: SagaStep<NoInfer<H>, J>,
  tenth?: SagaStep<NoInfer<J>, K>,
): Primitive<I, LastOf<[A, B, C, D, E, F, G, H, J, K]>>;
/* oxlint-enable max-params */
export function saga(...steps: readonly unknown[]): Primitive<never, unknown> {
  if (steps.length === 0) throw new TypeError("saga(): expected at least one step, got none");
  const parts = steps.map((step, index) =>
    partOf(step as SagaStep<never, unknown>, index, steps.length),
  );
  return primitiveOf(
    new TreeNode({
      type: "saga",
      leaf: false,
      children: [
        ...parts.map(({ execute }) => execute),
        ...parts.flatMap(({ compensate }) => (compensate === undefined ? [] : [compensate])),
      ],
      options: { compensates: parts.map(({ compensate }) => compensate !== undefined) },
      meters: sagaMeters(parts),
      run: (input: unknown, context, meters: SagaMeters) =>
        new SagaRun(parts, context, meters).run(input),
    }),
  );
}

function partOf(step: SagaStep<never, unknown>, index: number, total: number): SagaPart {
  if (step === null || typeof step !== "object")
    throw new TypeError(
      `saga(): step ${index}: expected { name, execute, compensate? }, got ${describe(step)}`,
    );
  const name = checkName(step.name, `saga(): step ${index}: name`);
  const attributes = { "step.index": index, "step.total_steps": total };
  const execute = stepEdge(
    "saga",
    nodeOf(step.execute, `saga(): step "${name}": execute`).named(name),
    {
      key: String(index),
      span: `step_${index}`,
      attributes,
    },
  );
  if (step.compensate === undefined) return { name, execute, compensate: undefined };
  if (typeof step.compensate !== "object")
    checkFunction(step.compensate, `saga(): step "${name}": compensate`);
  const undo = nodeOf(step.compensate, `saga(): step "${name}": compensate`).named(
    `compensate ${name}`,
  );
  const robust =
    step.retry === undefined ? undo : nodeOf(retry(primitiveOf<never, unknown>(undo), step.retry));
  const compensate = stepEdge("saga", robust, {
    key: `compensate_${index}`,
    span: `compensate_${index}`,
    attributes,
  });
  return { name, execute, compensate };
}
