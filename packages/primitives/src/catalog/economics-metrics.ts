import { durationBounds } from "./buckets.ts";
import type { MetricTable } from "./definition.ts";
import {
  budgetKinds,
  executionStatuses,
  savingsMechanisms,
  tokenDetailTypes,
  tokenTypes,
} from "./values.ts";

/** What calls cost, and what a cache, a route or a budget saved. */
export const economicsMetrics = {
  "cache.hits": {
    kind: "counter",
    unit: "{lookup}",
    help: "Cache lookups that were answered: fresh, stale or shared.",
    labels: { primitive_name: "open", cache_type: "open" },
  },
  "cache.misses": {
    kind: "counter",
    unit: "{lookup}",
    help: "Cache lookups that had to load.",
    labels: { primitive_name: "open", cache_type: "open" },
  },
  "cache.total": {
    kind: "counter",
    unit: "{lookup}",
    help: "Cache lookups: hits and misses.",
    labels: { primitive_name: "open", cache_type: "open" },
  },
  "cache.hit_rate": {
    kind: "gauge",
    unit: "1",
    help: "Hits by lookups of a cache, since it was made.",
    labels: { primitive_name: "open" },
  },
  "cache.cost_savings.usd": {
    kind: "counter",
    unit: "{USD}",
    help: "Money that cache hits saved.",
    labels: { primitive_name: "open" },
  },
  "cache.entries": {
    kind: "gauge",
    unit: "{entry}",
    help: "Entries in a cache.",
    labels: { primitive_name: "open" },
  },
  "cache.evictions": {
    kind: "counter",
    unit: "{entry}",
    help: "Entries that left a cache unasked.",
    labels: { primitive_name: "open", reason: "open" },
  },
  "cache.store.errors": {
    kind: "counter",
    unit: "{error}",
    help: "Failed operations of a cache's store.",
    labels: { primitive_name: "open", reason: "open" },
  },
  "budget.limit.usd": {
    kind: "gauge",
    unit: "{USD}",
    help: "Limit of a budget.",
    labels: { budget: "open" },
  },
  "budget.spent.usd": {
    kind: "counter",
    unit: "{USD}",
    help: "Money spent from a budget.",
    labels: { budget: "open" },
  },
  "budget.refusals": {
    kind: "counter",
    unit: "{refusal}",
    help: "Calls that a budget refused.",
    labels: { budget: "open", kind: budgetKinds },
  },
  "router.decisions": {
    kind: "counter",
    unit: "{decision}",
    help: "Decisions of a router.",
    labels: { primitive_name: "open", route: "open", reason: "open" },
  },
  "router.execution.duration": {
    kind: "histogram",
    unit: "s",
    help: "Time a router's route took.",
    labels: { primitive_name: "open", route: "open" },
    bounds: durationBounds,
  },
  "router.cost_savings.usd": {
    kind: "counter",
    unit: "{USD}",
    help: "Money saved against the router's reference route.",
    labels: { primitive_name: "open", route: "open" },
  },
  "router.errors": {
    kind: "counter",
    unit: "{error}",
    help: "Executions of a route that failed.",
    labels: { primitive_name: "open", route: "open" },
  },
  "llm.requests": {
    kind: "counter",
    unit: "{request}",
    help: "Model calls that ended.",
    labels: {
      llm_provider: "open",
      llm_model_name: "open",
      llm_model_tier: "open",
      status: executionStatuses,
    },
  },
  "llm.request.duration": {
    kind: "histogram",
    unit: "s",
    help: "Time of a model call.",
    labels: { llm_provider: "open", llm_model_name: "open", status: executionStatuses },
    bounds: durationBounds,
  },
  "llm.time_to_first_token": {
    kind: "histogram",
    unit: "s",
    help: "Time from a model call to its first token.",
    labels: { llm_provider: "open", llm_model_name: "open" },
    bounds: durationBounds,
  },
  "llm.tokens.total": {
    kind: "counter",
    unit: "{token}",
    help: "Tokens of model calls: prompt and completion.",
    labels: { llm_provider: "open", llm_model_name: "open", llm_token_type: tokenTypes },
  },
  "llm.tokens.detail": {
    kind: "counter",
    unit: "{token}",
    help: "Tokens that llm.tokens.total holds already: cached and reasoning. Not to be added to it.",
    labels: { llm_provider: "open", llm_model_name: "open", llm_token_type: tokenDetailTypes },
  },
  "llm.cost.usd": {
    kind: "counter",
    unit: "{USD}",
    help: "Money spent on model calls.",
    labels: {
      llm_provider: "open",
      llm_model_name: "open",
      workflow_name: "open",
      agent_type: "open",
    },
  },
  "llm.cost.savings.usd": {
    kind: "counter",
    unit: "{USD}",
    help: "Money saved on model calls, by what saved it.",
    labels: { mechanism: savingsMechanisms, workflow_name: "open" },
  },
  "llm.unpriced_requests": {
    kind: "counter",
    unit: "{request}",
    help: "Model calls for which no price was known.",
    labels: { llm_provider: "open", llm_model_name: "open" },
  },
} as const satisfies MetricTable;
