import { mergeHistograms, quantileOf, type HistogramData } from "@tta-dev/primitives";
import { executionStatuses, type ExecutionStatus } from "@tta-dev/primitives/catalog";
import { usdOf } from "../analysis/money.ts";
import type { ModelSeries } from "./llm-series.ts";

/** Times of calls, seconds; percentiles are at most 1.1 % off. */
export interface LlmTimes {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface LlmTokens {
  readonly prompt: number;
  readonly completion: number;
  /** Parts of the prompt tokens. */
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Part of the completion tokens. */
  readonly reasoning: number;
}

export interface LlmRequests {
  /** Calls that ended, however. */
  readonly requests: number;
  readonly byStatus: Readonly<Record<ExecutionStatus, number>>;
  /** Calls that failed; those that their caller gave up are none. */
  readonly errors: number;
  /** Failures by all calls but those that were given up; null where there is none. */
  readonly errorRate: number | null;
}

/** What calls of models took, used and cost. */
export interface LlmUse {
  readonly tokens: LlmTokens;
  /** Null where no price was known. */
  readonly costUsd: number | null;
  readonly unpricedRequests: number;
  /** Of calls that succeeded; null where there is none. */
  readonly latencySeconds: LlmTimes | null;
  /** Of the others. */
  readonly failedLatencySeconds: LlmTimes | null;
  /** Null where no call streamed. */
  readonly timeToFirstTokenSeconds: LlmTimes | null;
}

/** Adds up how calls ended. */
export function requestsOf(
  requests: readonly { readonly status: string; readonly count: number }[],
): LlmRequests {
  const count = (status: string): number =>
    requests.reduce((sum, one) => sum + (one.status === status ? one.count : 0), 0);
  const byStatus = {} as Record<ExecutionStatus, number>;
  for (const status of executionStatuses) byStatus[status] = count(status);
  const all = requests.reduce((sum, one) => sum + one.count, 0);
  const judged = all - byStatus.cancelled;
  const errors = judged - byStatus.success;
  return { requests: all, byStatus, errors, errorRate: judged === 0 ? null : errors / judged };
}

/** Adds up what some models took, used and cost. */
export function useOf(models: readonly ModelSeries[]): LlmUse {
  const tokens = (type: string): number =>
    models.reduce((sum, model) => sum + (model.tokens.get(type) ?? 0), 0);
  const durations = models.flatMap((model) => model.durations);
  const priced = models.flatMap(({ nanoUsd }) => (nanoUsd === undefined ? [] : [nanoUsd]));
  return {
    tokens: {
      prompt: tokens("prompt"),
      completion: tokens("completion"),
      cacheRead: tokens("cache_read"),
      cacheWrite: tokens("cache_write"),
      reasoning: tokens("reasoning"),
    },
    costUsd: priced.length === 0 ? null : usdOf(priced.reduce((sum, one) => sum + one, 0n)),
    unpricedRequests: models.reduce((sum, { unpriced }) => sum + unpriced, 0),
    latencySeconds: timesOf(durations.filter(({ status }) => status === "success")),
    failedLatencySeconds: timesOf(durations.filter(({ status }) => status !== "success")),
    timeToFirstTokenSeconds: timesOf(models.flatMap(({ firstToken }) => firstToken)),
  };
}

function timesOf(histograms: readonly HistogramData[]): LlmTimes | null {
  if (histograms.every(({ count }) => count === 0)) return null;
  const all = mergeHistograms(histograms);
  const at = (q: number): number => quantileOf(all, q) ?? 0;
  return {
    count: all.count,
    mean: all.sum / all.count,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
  };
}
