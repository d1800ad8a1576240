import type { WorkflowContext } from "../context.ts";
import { loopEndings, type LoopEnding } from "../catalog/values.ts";
import { failureOf } from "../door/status.ts";
import type { Registry } from "../metrics/registry.ts";
import {
  checkFunction,
  checkNumber,
  checkOptionalNumber,
  checkOptions,
  COUNT,
} from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { stepEdge, TreeNode } from "../tree/node.ts";

export interface LoopOptions<T> {
  /** Asked before each iteration, with what the last one returned (at first, the input). */
  readonly while: (value: T, context: WorkflowContext) => boolean | PromiseLike<boolean>;
  /** Required, so that every loop has a bound. */
  readonly maxIterations: number;
  /** No iteration starts once the loop's model calls have cost this much, in USD. @default no limit */
  readonly maxCostUsd?: number;
  /** No iteration starts once the loop's model calls have used this many tokens. @default no limit */
  readonly maxTokens?: number;
}

interface LoopMeters {
  readonly ended: (by: LoopEnding, iterations: number) => void;
}

/**
 * Runs a step on its own output while a condition holds, and at most `maxIterations` times.
 *
 * Resolves with the last value whatever ended it; what did is the span attribute `loop.ended_by`.
 *
 * @throws whatever step and condition throw; the caller's `signal.reason` on abort; TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { loop } from "@tta-dev/primitives";
 *
 * const refine = loop((draft: string) => `${draft}.`, { while: (draft) => !draft.endsWith("..."), maxIterations: 5 });
 * ```
 */
export function loop<T>(step: Step<T, T>, options: LoopOptions<NoInfer<T>>): Primitive<T, T> {
  checkOptions(options, "loop(step, options)");
  checkFunction(options.while, "loop({ while })");
  const maxIterations = checkNumber(options.maxIterations, "loop({ maxIterations })", COUNT);
  const maxCostUsd =
    checkOptionalNumber(options.maxCostUsd, "loop({ maxCostUsd })", { min: 0 }) ?? Infinity;
  const maxTokens =
    checkOptionalNumber(options.maxTokens, "loop({ maxTokens })", { min: 0 }) ?? Infinity;
  const edge = stepEdge("loop", nodeOf(step, "loop(): step"), {
    key: "iteration",
    span: "iteration",
  });
  return primitiveOf(
    new TreeNode({
      type: "loop",
      leaf: false,
      children: [edge],
      options: {
        maxIterations,
        ...(maxCostUsd !== Infinity && { maxCostUsd }),
        ...(maxTokens !== Infinity && { maxTokens }),
      },
      meters,
      run: async (input: T, context, { ended }: LoopMeters) => {
        const { run, scope } = context.branch;
        const spentBefore = run.spentNanoUsd;
        const tokensBefore = run.tokens;
        const isSpent = (): boolean =>
          (run.spentNanoUsd - spentBefore) / 1e9 >= maxCostUsd ||
          run.tokens - tokensBefore >= maxTokens;
        const end = (by: LoopEnding, iterations: number): void => {
          if (!context.runtime.replaying) ended(by, iterations);
          if (context.isRecording)
            context.span!.setAttributes({ "loop.ended_by": by, "loop.iterations": iterations });
        };
        let value = input;
        let iteration = 0;
        try {
          for (; iteration < maxIterations; iteration++) {
            const current = value;
            const goesOn = await context.decide(`while.${iteration}`, async (inner) =>
              isSpent() ? "budget" : (await options.while(current, inner)) ? "on" : "condition",
            );
            if (goesOn !== "on") {
              end(goesOn, iteration);
              return value;
            }
            value = await context.invoke<T>(edge, value, {
              index: iteration,
              attributes: { "step.index": iteration },
            });
          }
        } catch (error) {
          const isDeadline =
            failureOf(scope.stopped ? scope.reason : error, false).type === "DEADLINE_EXCEEDED";
          end(isDeadline ? "deadline" : "error", iteration);
          throw error;
        }
        end("max_iterations", iteration);
        return value;
      },
    }),
  );
}

function meters(name: string, registry: Registry): LoopMeters {
  const of = registry.counter("loop.iterations");
  for (const ending of loopEndings) of.bind({ primitive_name: name, ended_by: ending });
  return {
    ended: (by, iterations) => of.bind({ primitive_name: name, ended_by: by }).add(iterations),
  };
}
