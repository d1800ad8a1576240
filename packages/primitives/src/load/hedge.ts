import type { CallContext } from "../door/call-context.ts";
import {
  checkNumber,
  checkOptionalNumber,
  checkOptions,
  COUNT,
  describe,
  DURATION,
} from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import type { RetryBudget } from "../recovery/retry-budget.ts";
import type { Join, Outcome } from "../runtime/port.ts";
import { TreeNode } from "../tree/node.ts";
import { hedgeEdges, OVER_BUDGET } from "./hedge-edges.ts";
import { hedgeMeters, type HedgeMeters } from "./hedge-meters.ts";

export interface HedgeOptions {
  /** How long the last attempt may go without a result before another one starts, in milliseconds. 0 starts all at once. */
  readonly delayMs: number;
  /** Attempts besides the first. @default 1 */
  readonly maxHedges?: number;
  /** True takes the blame for steps that are not marked idempotent. @default false */
  readonly assumeIdempotent?: boolean;
  /** Keeps hedges a share of the traffic; may be shared with other hedges and with retries. */
  readonly budget?: RetryBudget;
  /** How long the losers may take to end before they are left behind, in milliseconds; the result waits for them. @default 0 */
  readonly graceMs?: number;
}

/**
 * Starts a slow step a second time and takes whichever result comes first: the price of some double work for short tails.
 *
 * The step starts; each time `delayMs` go by without a result, or at once when an attempt fails, another one starts, until
 * there are `maxHedges` besides the first. The first success wins and the others are stopped; when all fail, the first
 * attempt's error is what the call rejects with. What losers wrote into `state` is dropped.
 *
 * The step runs several times at once, so every leaf below must say that this does no harm: `step(name, fn, { idempotent:
 * true })`.
 *
 * @throws the error of the first attempt when all fail; the caller's `signal.reason` on abort; TypeError for a step that is
 *   not marked idempotent; TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { hedge, step } from "@tta-dev/primitives";
 *
 * const search = step("search", async (query: string) => [query], { idempotent: true });
 * const quick = hedge(search, { delayMs: 300 });
 * ```
 */
export function hedge<I, O>(step: Step<I, O>, options: HedgeOptions): Primitive<I, O> {
  checkOptions(options, "hedge(step, options)");
  const { budget, assumeIdempotent = false } = options;
  const delayMs = checkNumber(options.delayMs, "hedge({ delayMs })", DURATION);
  const maxHedges = checkNumber(options.maxHedges ?? 1, "hedge({ maxHedges })", COUNT);
  const graceMs = checkOptionalNumber(options.graceMs, "hedge({ graceMs })", DURATION) ?? 0;
  if (typeof assumeIdempotent !== "boolean")
    throw new TypeError(
      `hedge({ assumeIdempotent }): expected true or false, got ${describe(assumeIdempotent)}`,
    );
  checkBudget(budget);
  const child = nodeOf(step, "hedge(): step");
  if (!assumeIdempotent) checkIdempotent(child);
  const edges = hedgeEdges(child, maxHedges + 1, budget);
  const policy = {
    until: { quorum: 1 },
    staggerMs: delayMs,
    graceMs,
  };
  return primitiveOf(
    new TreeNode({
      type: "hedge",
      name: child.name,
      leaf: false,
      children: edges,
      options: {
        delayMs,
        maxHedges,
        assumeIdempotent,
        ...(budget !== undefined && { budget: budget.name }),
        graceMs,
      },
      meters: hedgeMeters(budget?.name),
      run: async (input: I, context, meters: HedgeMeters) => {
        budget?.deposit(context.runtime.elapsed());
        const items = edges.map((edge) => ({ edge, input }));
        const join = await context.forkEdges(items, policy);
        report(context, join, { meters, budget });
        const decider = join.outcomes[join.index!]!;
        if (decider.status === "fulfilled") return decider.value;
        throw firstError(context, join);
      },
    }),
  );
}

function report(
  context: CallContext,
  join: Join,
  { meters, budget }: { readonly meters: HedgeMeters; readonly budget: RetryBudget | undefined },
): void {
  let started = 0;
  for (const [index, outcome] of join.outcomes.entries()) {
    if (outcome.status === "skipped") continue;
    const isRefused = isRefusal(outcome);
    if (!isRefused) started++;
    if (context.runtime.replaying) continue;
    if (isRefused) meters.refused(budget!.name);
    const hasWon = outcome.status === "fulfilled" && index === join.index;
    const ended = outcome.status === "rejected" ? "failed" : hasWon ? "won" : "lost";
    meters.attempted(isRefused ? "over_budget" : ended);
  }
  context.note("hedge.attempts", started);
}

function isRefusal(outcome: Outcome): boolean {
  if (outcome.status !== "rejected") return false;
  const { error } = outcome;
  return error instanceof Error && "code" in error && error.code === OVER_BUDGET;
}

function firstError(context: CallContext, { outcomes: [first] }: Join): unknown {
  const error = first?.status === "rejected" ? first.error : undefined;
  // It was recorded where it started, in the first attempt.
  context.childError = error;
  return error;
}

function checkBudget(budget: unknown): void {
  if (budget === undefined) return;
  const isBudget =
    typeof budget === "object" &&
    budget !== null &&
    "withdraw" in budget &&
    typeof budget.withdraw === "function";
  if (!isBudget)
    throw new TypeError(
      `hedge({ budget }): expected what retryBudget() returns, got ${describe(budget)}`,
    );
}

/** @throws TypeError that names the first leaf which nobody has called idempotent */
function checkIdempotent(node: TreeNode): void {
  for (const { child } of node.children) checkIdempotent(child);
  if (!node.leaf || node.options["idempotent"] === true) return;
  const name = node.name === undefined ? "a function without a name" : `"${node.name}"`;
  throw new TypeError(
    `hedge(): ${name} is not marked idempotent, and a hedge runs it several times at once; ` +
      "use step(name, fn, { idempotent: true }), or assumeIdempotent: true",
  );
}
