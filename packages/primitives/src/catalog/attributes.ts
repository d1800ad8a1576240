/**
 * Every span attribute, once.
 *
 * An attribute is set when it has a value and absent otherwise, never empty. `gen_ai.*` follows OpenTelemetry's
 * semantic conventions for generative AI.
 */
export const attributes = {
  // Every span.
  primitiveName: "primitive.name",
  primitiveType: "primitive.type",
  primitiveAction: "primitive.action",
  primitivePath: "primitive.path",
  workflowId: "workflow.id",
  workflowName: "workflow.name",
  sessionId: "session.id",
  userId: "user.id",
  correlationId: "correlation.id",
  causationId: "causation.id",
  agentId: "agent.id",
  agentType: "agent.type",
  llmProvider: "llm.provider",
  llmModelName: "llm.model_name",
  llmModelTier: "llm.model_tier",

  // Every span at its end.
  executionStatus: "execution.status",
  executionDetached: "execution.detached",
  executionOrphaned: "execution.orphaned",
  errorType: "error.type",
  errorMessage: "error.message",

  // Step, branch, case, item and route spans.
  stepIndex: "step.index",
  stepName: "step.name",
  stepPrimitiveType: "step.primitive_type",
  stepTotalSteps: "step.total_steps",

  // The spans of one kind of primitive.
  retryAttempt: "retry.attempt",
  retryMaxAttempts: "retry.max_attempts",
  retryDelayMs: "retry.delay_ms",
  retryReason: "retry.reason",
  retryRecovered: "retry.recovered",
  retryLimitedBy: "retry.limited_by",
  fallbackServedBy: "fallback.served_by",
  fallbackReason: "fallback.reason",
  loopEndedBy: "loop.ended_by",
  loopIterations: "loop.iterations",
  hedgeAttempts: "hedge.attempts",
  cacheHit: "cache.hit",
  cacheKind: "cache.kind",
  cacheType: "cache.type",
  routerRoute: "router.route",
  routerReason: "router.reason",
  routerCostSavingsUsd: "router.cost_savings_usd",
  timeoutLimitMs: "timeout.limit_ms",
  timeoutGraceMs: "timeout.grace_ms",
  timeoutExpired: "timeout.expired",
  circuitBreakerState: "circuit_breaker.state",
  circuitBreakerTransition: "circuit_breaker.transition",
  sagaOutcome: "saga.outcome",
  sagaCompensated: "saga.compensated",
  sagaFailed: "saga.failed",
  sagaSkipped: "saga.skipped",
  waitKind: "wait.kind",
  waitName: "wait.name",
  waitMs: "wait.ms",
  waitOutcome: "wait.outcome",

  // On a root that is part of something unusual, as observability finds it.
  anomalySignal: "anomaly.signal",
  anomalyScore: "anomaly.score",

  // Which traces are exported, as observability's samplers write it.
  samplingAdjustedCount: "sampling.adjusted_count",
  samplingReason: "sampling.reason",
  samplingKeep: "sampling.keep",

  // Model calls only: backends add spans up, so money and tokens stand on leaves alone.
  costUsd: "cost.usd",
  costSavingsUsd: "cost.savings_usd",
  costSource: "cost.source",

  // Roots only, under names that nobody adds up.
  workflowCostTotalUsd: "workflow.cost.total_usd",
  workflowTokensTotal: "workflow.tokens.total",
  workflowWaitingMs: "workflow.waiting_ms",
  workflowAttempts: "workflow.attempts",

  // Where the conventions put them.
  genAiOperationName: "gen_ai.operation.name",
  genAiProviderName: "gen_ai.provider.name",
  genAiRequestModel: "gen_ai.request.model",
  genAiResponseModel: "gen_ai.response.model",
  genAiResponseId: "gen_ai.response.id",
  genAiUsageInputTokens: "gen_ai.usage.input_tokens",
  genAiUsageOutputTokens: "gen_ai.usage.output_tokens",
  genAiUsageCacheReadInputTokens: "gen_ai.usage.cache_read.input_tokens",
  genAiUsageCacheWriteInputTokens: "gen_ai.usage.cache_write.input_tokens",
  genAiUsageReasoningOutputTokens: "gen_ai.usage.reasoning.output_tokens",
  genAiWorkflowName: "gen_ai.workflow.name",
  genAiAgentName: "gen_ai.agent.name",
  genAiConversationId: "gen_ai.conversation.id",
} as const;

/** A span attribute of the catalogue, by its spelling. */
export type AttributeName = (typeof attributes)[keyof typeof attributes];

/** What the keys of tags and of allow-listed baggage begin with on the root span. */
export const attributePrefixes = { tag: "tag.", baggage: "baggage." } as const;

/** Every span event, once. */
export const spanEvents = {
  checkpoint: "checkpoint",
  evaluationResult: "gen_ai.evaluation.result",
} as const;
