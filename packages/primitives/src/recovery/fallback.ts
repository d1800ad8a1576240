import type { WorkflowContext } from "../context.ts";
import { failureOf } from "../door/status.ts";
import type { Registry } from "../metrics/registry.ts";
import { checkFunction, checkOptions, describe } from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { publish } from "../telemetry/publish.ts";
import { stepEdge, TreeNode } from "../tree/node.ts";

export interface FallbackOptions {
  /** Says whether an error is a reason to try the next alternative. @default every error */
  readonly when?: (error: unknown, context: WorkflowContext) => boolean | PromiseLike<boolean>;
}

interface FallbackMeters {
  readonly served: (by: string, reason: string) => void;
}

/**
 * Tries alternatives in order when a step fails; the first success is the result.
 *
 * Each gets the original input. Which one served, and why, is on the span (`fallback.served_by`, `fallback.reason`), in
 * `fallback.activations` and in the log. An abort of the run is no failure: nothing more is tried.
 *
 * @throws the error of the last step tried; the caller's `signal.reason` on abort; TypeError for wrong arguments
 * @example
 * ```ts
 * import { fallback } from "@tta-dev/primitives";
 *
 * const answer = fallback(async (question: string) => `model: ${question}`, [
 *   (question) => `canned answer to ${question}`,
 * ]);
 * ```
 */
export function fallback<I, O, P = O>(
  primary: Step<I, O>,
  alternatives: readonly Step<I, P>[],
  options: FallbackOptions = {},
): Primitive<I, O | P> {
  if (!Array.isArray(alternatives))
    throw new TypeError(
      `fallback(primary, alternatives): expected an array of steps, got ${describe(alternatives)}`,
    );
  if (alternatives.length === 0)
    throw new RangeError(
      "fallback(primary, alternatives): expected at least one alternative, got none",
    );
  checkOptions(options, "fallback(primary, alternatives, options)");
  const { when } = options;
  checkFunction(when, "fallback({ when })", true);
  const total = alternatives.length + 1;
  const edges = [primary, ...alternatives].map((step, index) =>
    stepEdge(
      "fallback",
      nodeOf(step, index === 0 ? "fallback(): primary" : `fallback(): alternative ${index - 1}`),
      {
        key: index === 0 ? "primary" : `alternative_${index - 1}`,
        span: index === 0 ? "primary" : `alternative_${index - 1}`,
        attributes: { "step.index": index, "step.total_steps": total },
      },
    ),
  );
  return primitiveOf(
    new TreeNode({
      type: "fallback",
      name: edges[0]!.child.name,
      leaf: false,
      children: edges,
      options: when === undefined ? {} : { hasWhen: true },
      meters,
      run: async (input: I, context, { served }: FallbackMeters) => {
        const { scope } = context.branch;
        let reason = "";
        for (let index = 0; ; index++) {
          const edge = edges[index]!;
          try {
            const value = await context.invoke(edge, input);
            if (index === 0) return value;
            const by = context.place.child(edge).name;
            if (!context.runtime.replaying) served(by, reason);
            context.note("fallback.served_by", by);
            context.note("fallback.reason", reason);
            publish(context, {
              event: "fallback.served",
              level: "warn",
              fields: { served_by: by, reason },
            });
            return value;
          } catch (error) {
            if (scope.stopped) throw scope.reason;
            if (index === edges.length - 1) throw error;
            reason = failureOf(error, false).type;
            if (reason === "CONCURRENT_CALL") throw error;
            if (
              when !== undefined &&
              !(await context.decide(`when.${index}`, async (inner) =>
                Boolean(await when(error, inner)),
              ))
            )
              throw error;
          }
        }
      },
    }),
  );
}

function meters(name: string, registry: Registry): FallbackMeters {
  return {
    served: (by, reason) =>
      registry
        .counter("fallback.activations")
        .bind({ primitive_name: name, served_by: by, reason })
        .add(1),
  };
}
