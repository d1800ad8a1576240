import type { Snapshot, WorkflowGraph } from "@tta-dev/primitives";
import { summarizePrimitives } from "./primitives.ts";
import { histogramSeries, numberSeries, total, valuesOf } from "./series.ts";
import type {
  BreakerSummary,
  CacheSummary,
  FailureSummary,
  FallbackSummary,
  ModelSummary,
  RecordedSummary,
  RetrySummary,
  WaitSummary,
} from "./summary.ts";

/**
 * Reads out of the metrics what a workflow did.
 *
 * @param graph the workflow, as its `describe()` gives it
 */
export function summarizeRecorded(snapshot: Snapshot, graph: WorkflowGraph): RecordedSummary {
  const tokens = numberSeries(snapshot, "llm.tokens.total");
  return {
    failures: failuresOf(snapshot, graph.name),
    primitives: summarizePrimitives(snapshot, graph),
    retries: retriesOf(snapshot),
    fallbacks: fallbacksOf(snapshot),
    breakers: breakersOf(snapshot),
    tokens: {
      prompt: total(tokens, { llm_token_type: "prompt" }),
      completion: total(tokens, { llm_token_type: "completion" }),
    },
    models: modelsOf(snapshot),
    caches: cachesOf(snapshot),
    waits: waitsOf(snapshot),
  };
}

function failuresOf(snapshot: Snapshot, workflow: string): readonly FailureSummary[] {
  const runs = numberSeries(snapshot, "primitive.execution.count").filter(
    ({ labels }) =>
      labels["primitive_name"] === workflow &&
      labels["primitive_type"] === "workflow" &&
      labels["status"] !== "success",
  );
  return valuesOf(runs, "error_type").map((errorType) => ({
    errorType,
    runs: total(runs, { error_type: errorType }),
  }));
}

function retriesOf(snapshot: Snapshot): RetrySummary {
  const outcomes = numberSeries(snapshot, "retry.outcomes");
  return {
    repeatedAttempts: total(numberSeries(snapshot, "retry.attempts")),
    recovered: total(outcomes, { outcome: "succeeded_after_retry" }),
    failed:
      total(outcomes, { outcome: "failed_first" }) +
      total(outcomes, { outcome: "failed_after_retry" }),
  };
}

function fallbacksOf(snapshot: Snapshot): readonly FallbackSummary[] {
  const activations = numberSeries(snapshot, "fallback.activations");
  return valuesOf(activations, "primitive_name").flatMap((name) => {
    const own = activations.filter(({ labels }) => labels["primitive_name"] === name);
    return valuesOf(own, "served_by").map((servedBy) => ({
      name,
      servedBy,
      activations: total(own, { served_by: servedBy }),
    }));
  });
}

function breakersOf(snapshot: Snapshot): readonly BreakerSummary[] {
  const states = numberSeries(snapshot, "circuit_breaker.state");
  const transitions = numberSeries(snapshot, "circuit_breaker.transitions");
  const calls = numberSeries(snapshot, "circuit_breaker.calls");
  return states.map(({ labels: { primitive_name: name = "" }, value }) => ({
    name,
    state: value === 0 ? "closed" : value === 1 ? "open" : "half_open",
    transitions: transitions
      .filter((one) => one.labels["primitive_name"] === name && one.value > 0)
      .map(({ labels: { from = "", to = "" }, value: count }) => ({ from, to, count })),
    rejected: total(calls, { primitive_name: name, kind: "rejected" }),
  }));
}

function modelsOf(snapshot: Snapshot): readonly ModelSummary[] {
  const requests = numberSeries(snapshot, "llm.requests");
  const tokens = numberSeries(snapshot, "llm.tokens.total");
  return valuesOf(tokens, "llm_model_name").map((model) => {
    const own = { llm_model_name: model };
    const all = total(requests, own);
    return {
      model,
      requests: all,
      errors: all - total(requests, { ...own, status: "success" }),
      promptTokens: total(tokens, { ...own, llm_token_type: "prompt" }),
      completionTokens: total(tokens, { ...own, llm_token_type: "completion" }),
    };
  });
}

function cachesOf(snapshot: Snapshot): readonly CacheSummary[] {
  const hits = numberSeries(snapshot, "cache.hits");
  const misses = numberSeries(snapshot, "cache.misses");
  return valuesOf(misses, "primitive_name").map((name) => ({
    name,
    hits: total(hits, { primitive_name: name }),
    misses: total(misses, { primitive_name: name }),
  }));
}

function waitsOf(snapshot: Snapshot): readonly WaitSummary[] {
  const waits = histogramSeries(snapshot, "wait.duration").map(({ labels, value }) => ({
    labels,
    value: value.count,
  }));
  return valuesOf(waits, "primitive_name").map((name) => {
    const own = waits.filter(({ labels }) => labels["primitive_name"] === name);
    return {
      name,
      kind: own[0]?.labels["wait_kind"] ?? "",
      count: total(own),
      completed: total(own, { outcome: "completed" }),
      timedOut: total(own, { outcome: "timeout" }),
    };
  });
}
