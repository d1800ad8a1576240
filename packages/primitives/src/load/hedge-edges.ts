import type { RetryBudget } from "../recovery/retry-budget.ts";
import { publish } from "../telemetry/publish.ts";
import { Edge, stepEdge, TreeNode } from "../tree/node.ts";

/** What a hedge that its budget refused fails with; never seen outside. */
export const OVER_BUDGET = "HEDGE_OVER_BUDGET";

/** An edge for each attempt; every one but the first asks the budget before it starts. */
export function hedgeEdges(
  child: TreeNode,
  attempts: number,
  budget: RetryBudget | undefined,
): readonly Edge[] {
  return Array.from({ length: attempts }, (_nothing, index) => {
    const asks = index > 0 && budget !== undefined;
    const attempt = stepEdge("hedge", child, {
      key: `attempt_${index}`,
      span: `attempt_${index}`,
      attributes: { "step.index": index, "step.total_steps": attempts },
      wraps: true,
      transparent: asks,
    });
    return asks ? behindBudget(attempt, budget) : attempt;
  });
}

/** No span of its own: an attempt that never started leaves none. */
function behindBudget(attempt: Edge, budget: RetryBudget): Edge {
  const { child, key, spanName } = attempt;
  const gate = new TreeNode(
    {
      type: "hedge",
      name: child.name,
      leaf: false,
      children: [attempt],
      run: async (input, context) => {
        const { runtime } = context;
        if (await context.decide("budget", () => budget.withdraw(runtime.elapsed())))
          return context.invoke(attempt, input);
        const fields = { budget: budget.name, kind: "hedges" };
        publish(context, { event: "budget.refused", level: "warn", fields });
        throw Object.assign(new Error(`budget "${budget.name}" refused a hedge`), {
          code: OVER_BUDGET,
        });
      },
    },
    true,
  );
  return new Edge(key, gate, { spanName, wraps: true, isSilent: true, child });
}
