/** Every type a built-in primitive has; `definePrimitive` may add others. */
export const primitiveTypes = [
  "workflow",
  "sequential",
  "parallel",
  "conditional",
  "switch",
  "map",
  "race",
  "retry",
  "fallback",
  "timeout",
  "saga",
  "circuit_breaker",
  "bulkhead",
  "rate_limit",
  "hedge",
  "cache",
  "router",
  "loop",
  "wait",
  "llm",
  "step",
  "observe",
] as const;
export type PrimitiveType = (typeof primitiveTypes)[number];

/** How an execution ended: the attribute `execution.status` and the label `status`. */
export const executionStatuses = ["success", "error", "cancelled", "timeout", "rejected"] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/** How a retry ended, all attempts together. */
export const retryOutcomes = [
  "succeeded_first",
  "succeeded_after_retry",
  "failed_first",
  "failed_after_retry",
] as const;
export type RetryOutcome = (typeof retryOutcomes)[number];

/** Why a retry ended before its last attempt: the attribute `retry.limited_by`. */
export const retryLimits = ["outer_retry", "budget", "deadline", "not_retryable"] as const;
export type RetryLimit = (typeof retryLimits)[number];

/** Soft: the signal was aborted; hard: the grace was over too. */
export const timeoutKinds = ["soft", "hard"] as const;
export type TimeoutKind = (typeof timeoutKinds)[number];

/** What became of one compensation of a saga. */
export const compensationOutcomes = ["compensated", "failed", "skipped"] as const;
export type CompensationOutcome = (typeof compensationOutcomes)[number];

/** What ended a loop. */
export const loopEndings = ["condition", "max_iterations", "budget", "deadline", "error"] as const;
export type LoopEnding = (typeof loopEndings)[number];

/** What a run waited for: the attribute `wait.kind` and the label `wait_kind`. */
export const waitKinds = ["delay", "event", "approval"] as const;
export type WaitKind = (typeof waitKinds)[number];

/** How a wait ended: the attribute `wait.outcome` and the label `outcome` of `wait.duration`. */
export const waitOutcomes = ["completed", "timeout", "cancelled", "error"] as const;
export type WaitOutcome = (typeof waitOutcomes)[number];

/** The states of a circuit breaker; the gauge `circuit_breaker.state` has them as 0, 0.5 and 1. */
export const circuitStates = ["closed", "half_open", "open"] as const;
export type CircuitState = (typeof circuitStates)[number];

/** How a circuit breaker counted a call. */
export const circuitCallKinds = ["success", "failure", "ignored", "rejected"] as const;
export type CircuitCallKind = (typeof circuitCallKinds)[number];

/** How a cache answered: the attribute `cache.kind`. */
export const cacheKinds = ["fresh", "stale", "miss", "shared"] as const;
export type CacheKind = (typeof cacheKinds)[number];

/** What became of one attempt of a hedge. */
export const hedgeOutcomes = ["won", "lost", "failed", "over_budget"] as const;
export type HedgeOutcome = (typeof hedgeOutcomes)[number];

/** What a budget limits. */
export const budgetKinds = ["money", "tokens", "requests", "retries", "hedges"] as const;
export type BudgetKind = (typeof budgetKinds)[number];

/** What a sampler decided. */
export const samplingDecisions = ["kept", "dropped"] as const;
export type SamplingDecision = (typeof samplingDecisions)[number];

/** The two parts of a model call's tokens, which add up. */
export const tokenTypes = ["prompt", "completion"] as const;
export type TokenType = (typeof tokenTypes)[number];

/** Subsets of prompt and completion tokens, which do not add up with them. */
export const tokenDetailTypes = ["cache_read", "cache_write", "reasoning"] as const;
export type TokenDetailType = (typeof tokenDetailTypes)[number];

/** What a model is asked to do, in the words of OpenTelemetry's GenAI conventions. */
export const genAiOperations = ["chat"] as const;

/** The two parts of a model call's tokens, in the words of the conventions up to 1.41. */
export const genAiTokenTypes = ["input", "output"] as const;

/** What tokens stand for: providers tell it in ways too different to read. */
export const genAiModalities = ["unknown"] as const;

/** Where the price of a model call came from: the attribute `cost.source`. */
export const costSources = ["provider", "catalogue", "declared", "unpriced"] as const;
export type CostSource = (typeof costSources)[number];

/** What saved money on a model call. */
export const savingsMechanisms = ["response_cache", "prompt_cache", "routing"] as const;
export type SavingsMechanism = (typeof savingsMechanisms)[number];

/** Why the metric registry ignored something; other parts of the toolkit add reasons of their own. */
export const dropReasons = [
  "negative",
  "not_finite",
  "series_limit",
  "duplicate_series",
  "callback_error",
  "invalid_metric",
  "span_queue_full",
  "span_export_failed",
  "span_sampled_out",
  "span_late",
  "metric_export_failed",
  "log_buffer_full",
  "log_write_failed",
  "log_failed",
  "log_queue_full",
  "log_export_failed",
] as const;
export type DropReason = (typeof dropReasons)[number];
