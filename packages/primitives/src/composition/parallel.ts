import { QuorumError } from "../errors.ts";
import {
  checkNumber,
  checkOptionalNumber,
  checkOptions,
  COUNT,
  describe,
  DURATION,
} from "../options.ts";
import { primitiveOf, type Primitive } from "../primitive.ts";
import type { Join, Outcome } from "../runtime/port.ts";
import { stepEdge, TreeNode } from "../tree/node.ts";
import { inShape, keyedNodes, type Branches, type StepsOf } from "./keyed.ts";

/** How one branch ended, under `join: "settled"`. */
export type SettledBranch<O> =
  | { readonly status: "fulfilled"; readonly value: O }
  | { readonly status: "rejected"; readonly reason: unknown };

export type ParallelJoin = "all" | "settled" | { readonly quorum: number };

export interface ParallelOptions<J extends ParallelJoin = ParallelJoin> {
  /** Branches running at once. @default all */
  readonly concurrency?: number;
  /**
   * `"all"`: every branch must succeed, the first failure stops the others. `"settled"`: all run to their end.
   * `{ quorum: n }`: n successes decide, the others are stopped; their keys are absent (in a tuple: undefined).
   * @default "all"
   */
  readonly join?: J;
  /** How long stopped branches may take to end before they are left behind, in milliseconds. @default 1000 */
  readonly graceMs?: number;
}

/** What `parallel` resolves with, by its join policy. */
export type ParallelOutput<O, J> = J extends "settled"
  ? { -readonly [K in keyof O]: SettledBranch<O[K]> }
  : J extends { readonly quorum: number }
    ? { -readonly [K in keyof O]?: O[K] | undefined }
    : { -readonly [K in keyof O]: O[K] };

/**
 * Runs branches at once on the same input: a record in, a record out; a tuple in, a tuple out.
 *
 * The first failure aborts the other branches and waits for them to end (a bounded grace; then they are counted in
 * `execution.orphaned`), and is what the call rejects with.
 *
 * @throws TypeError and RangeError for wrong options; QuorumError when a quorum cannot be met any more; the caller's
 *   `signal.reason` when the run is aborted
 * @example
 * ```ts
 * import { parallel } from "@tta-dev/primitives";
 *
 * const gather = parallel({
 *   docs: async (question: string) => [`about ${question}`],
 *   history: async (question: string) => question.length,
 * });
 * const { docs, history } = await gather.execute("returns");
 * ```
 */
export function parallel<I, const O extends Branches, const J extends ParallelJoin = "all">(
  branches: StepsOf<I, O>,
  options: ParallelOptions<J> = {},
): Primitive<I, ParallelOutput<O, J>> {
  const { keys, nodes, isTuple } = keyedNodes(branches, "parallel");
  checkOptions(options, "parallel(branches, options)");
  const { join: rule = "all" }: { readonly join?: ParallelJoin } = options;
  const concurrency = checkOptionalNumber(options.concurrency, "parallel({ concurrency })", COUNT);
  const graceMs = checkOptionalNumber(options.graceMs, "parallel({ graceMs })", DURATION);
  checkJoin(rule, keys.length);
  const edges = nodes.map((node, index) =>
    stepEdge("parallel", node, {
      key: keys[index]!,
      span: `branch_${keys[index]}`,
      attributes: { "step.index": index, "step.total_steps": nodes.length },
    }),
  );
  const policy = {
    until: rule,
    ...(concurrency !== undefined && { concurrency }),
    ...(graceMs !== undefined && { graceMs }),
  };
  return primitiveOf(
    new TreeNode({
      type: "parallel",
      leaf: false,
      children: edges,
      options: policy,
      run: async (input: unknown, context) => {
        const join = await context.forkEdges(
          edges.map((edge) => ({ edge, input })),
          policy,
        );
        return resultOf(join, rule, { keys, isTuple });
      },
    }),
  );
}

function checkJoin(rule: unknown, branches: number): void {
  if (rule === "all" || rule === "settled") return;
  const quorum = (rule as { quorum?: unknown } | null)?.quorum;
  if (quorum === undefined)
    throw new TypeError(
      `parallel({ join }): expected "all", "settled" or { quorum: n }, got ${describe(rule)}`,
    );
  checkNumber(quorum, "parallel({ join: { quorum } })", { min: 1, max: branches, integer: true });
}

function resultOf(
  join: Join,
  rule: ParallelJoin,
  { keys, isTuple }: { readonly keys: readonly string[]; readonly isTuple: boolean },
): unknown {
  const { outcomes } = join;
  if (rule === "settled")
    return inShape(
      isTuple,
      keys.map((key, index) => [key, settled(outcomes[index]!)]),
    );
  if (join.reason === "failed") throw failure(join, rule, keys.length);
  if (isTuple) return keys.map((_key, index) => valueOf(outcomes[index]!));
  return Object.fromEntries(
    keys.flatMap((key, index) =>
      outcomes[index]!.status === "fulfilled" ? [[key, valueOf(outcomes[index]!)]] : [],
    ),
  );
}

function failure(join: Join, rule: ParallelJoin, branches: number): unknown {
  const decider = join.outcomes[join.index!]!;
  const error = decider.status === "rejected" ? decider.error : undefined;
  if (typeof rule === "string") return error;
  const errors = join.outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.error] : [],
  );
  return new QuorumError(
    `${rule.quorum} of ${branches} branches had to succeed, ${errors.length} failed`,
    rule.quorum,
    errors,
  );
}

function valueOf(outcome: Outcome): unknown {
  return outcome.status === "fulfilled" ? outcome.value : undefined;
}

function settled(outcome: Outcome): SettledBranch<unknown> {
  if (outcome.status === "fulfilled") return outcome;
  return { status: "rejected", reason: outcome.status === "rejected" ? outcome.error : undefined };
}
