import type { Snapshot } from "@tta-dev/primitives";
import type { MoneyCounterName } from "@tta-dev/primitives/catalog";
import type { Breakdown, CounterSource } from "./counter-sums.ts";
import { canAnswer, countsBy, nanoUsdBy } from "./counter-sums.ts";
import type { Money } from "./money.ts";
import { money, usdOf } from "./money.ts";

/** What is known of the money of some calls. Undefined where the metric cannot tell: it lacks a label that was asked for. */
export interface CostFigures {
  /** What was paid. Savings are off it already. */
  readonly spent: Money | undefined;
  readonly saved: Money | undefined;
  /** What was saved, by what would have been paid without the savings; undefined where nothing would. */
  readonly savedRatio: number | undefined;
  /** Runs of workflows that ended, whether or not they cost anything; those inside other runs count too. */
  readonly runs: number | undefined;
  readonly costPerRunUsd: number | undefined;
  /** Calls of models that ended. */
  readonly modelCalls: number | undefined;
  readonly costPerModelCallUsd: number | undefined;
  /** Calls of models whose price nobody knew: what they cost is missing in `spent`. */
  readonly unpricedCalls: number | undefined;
}

const SPENT: CounterSource<MoneyCounterName> = {
  metrics: ["llm.cost.usd"],
  labels: ["llm_provider", "llm_model_name", "workflow_name", "agent_type"],
};

/** The first that can answer does. What caches and routers say is in the first already: never added to it. */
const SAVED: readonly CounterSource<MoneyCounterName>[] = [
  { metrics: ["llm.cost.savings.usd"], labels: ["mechanism", "workflow_name"] },
  {
    metrics: ["cache.cost_savings.usd", "router.cost_savings.usd"],
    labels: ["primitive_name"],
  },
  { metrics: ["router.cost_savings.usd"], labels: ["primitive_name", "route"] },
];

const RUNS: CounterSource = {
  metrics: ["primitive.execution.count"],
  labels: ["workflow_name", "agent_type"],
  fixed: { primitive_type: "workflow" },
};

const MODEL_CALLS: CounterSource = {
  metrics: ["llm.requests"],
  labels: ["llm_provider", "llm_model_name"],
};

const UNPRICED: CounterSource = {
  metrics: ["llm.unpriced_requests"],
  labels: ["llm_provider", "llm_model_name"],
};

/** Works out the figures for each value of a label; without one there is one set of them, under `""`. */
export function costFigures(
  snapshot: Snapshot,
  breakdown: Breakdown,
): ReadonlyMap<string, CostFigures> {
  const moneyFrom = (source: CounterSource<MoneyCounterName> | undefined) =>
    source && canAnswer(source, breakdown) ? nanoUsdBy(snapshot, source, breakdown) : undefined;
  const countsFrom = (source: CounterSource) =>
    canAnswer(source, breakdown) ? countsBy(snapshot, source, breakdown) : undefined;
  const spent = moneyFrom(SPENT);
  const saved = moneyFrom(SAVED.find((source) => canAnswer(source, breakdown)));
  const runs = countsFrom(RUNS);
  const modelCalls = countsFrom(MODEL_CALLS);
  const unpricedCalls = countsFrom(UNPRICED);
  const names = new Set(
    [spent, saved, runs, modelCalls, unpricedCalls].flatMap((sums) => [...(sums?.keys() ?? [])]),
  );
  if (breakdown.by === undefined) names.add("");
  return new Map(
    [...names].map((name) => [
      name,
      figures({
        spent: spent && (spent.get(name) ?? 0n),
        saved: saved && (saved.get(name) ?? 0n),
        runs: runs && (runs.get(name) ?? 0),
        modelCalls: modelCalls && (modelCalls.get(name) ?? 0),
        unpricedCalls: unpricedCalls && (unpricedCalls.get(name) ?? 0),
      }),
    ]),
  );
}

function figures({
  spent,
  saved,
  runs,
  modelCalls,
  unpricedCalls,
}: {
  readonly spent: bigint | undefined;
  readonly saved: bigint | undefined;
  readonly runs: number | undefined;
  readonly modelCalls: number | undefined;
  readonly unpricedCalls: number | undefined;
}): CostFigures {
  return {
    spent: spent === undefined ? undefined : money(spent),
    saved: saved === undefined ? undefined : money(saved),
    savedRatio:
      spent === undefined || saved === undefined || spent + saved === 0n
        ? undefined
        : usdOf(saved) / usdOf(spent + saved),
    runs,
    costPerRunUsd: shareOf(spent, runs),
    modelCalls,
    costPerModelCallUsd: shareOf(spent, modelCalls),
    unpricedCalls,
  };
}

function shareOf(nanoUsd: bigint | undefined, parts: number | undefined): number | undefined {
  if (nanoUsd === undefined || parts === undefined || parts === 0) return undefined;
  return usdOf(nanoUsd) / parts;
}
