import { completeSlot } from "./complete-slot.ts";

export type { CacheOptions } from "./cache/cache-options.ts";
export type { CacheEntry, CachePut, CacheStore } from "./cache/cache-store.ts";
export { cache } from "./cache/cache.ts";
export { conditional } from "./composition/conditional.ts";
export { loop, type LoopOptions } from "./composition/loop.ts";
export { map, type MapOptions } from "./composition/map.ts";
export {
  parallel,
  type ParallelJoin,
  type ParallelOptions,
  type ParallelOutput,
  type SettledBranch,
} from "./composition/parallel.ts";
export { race, type RaceOptions } from "./composition/race.ts";
export {
  router,
  type RouteChoice,
  type RouteEstimate,
  type RouterOptions,
} from "./composition/router.ts";
export { sequential } from "./composition/sequential.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./composition/standard-schema.ts";
export { switchCase } from "./composition/switch-case.ts";
export { workflow, type WorkflowOptions } from "./composition/workflow.ts";
export type { ContextInit, ForkItem, RemoteTrace, WorkflowContext } from "./context.ts";
export { createContext, currentContext } from "./create-context.ts";
export {
  definePrimitive,
  observe,
  step,
  type ObserveOptions,
  type PrimitiveDefinition,
  type StepOptions,
} from "./define.ts";
export {
  AllFailedError,
  BranchLostError,
  BulkheadFullError,
  CancelledError,
  CircuitOpenError,
  ConcurrentCallError,
  DeadlineExceededError,
  InvalidInputError,
  NoCaseError,
  NoRouteError,
  NotSerializableError,
  QuorumError,
  RateLimitedError,
  SagaError,
  StateConflictError,
  TimeoutError,
  WaitTimeoutError,
  WorkflowError,
  isWorkflowError,
  type WorkflowErrorCode,
} from "./errors.ts";
export type { Bound, Unbounded, UnboundedCode } from "./explain/bound.ts";
export { explain, type ExplainOptions } from "./explain/explain.ts";
export type { Bounds, Explanation, LeafBounds } from "./explain/explanation.ts";
export { formatExplanation } from "./explain/format.ts";
export type { Warning, WarningCode } from "./explain/warning.ts";
export { llm, type LlmOptions } from "./llm/llm.ts";
export { usageOf, type LlmUsage } from "./llm/usage.ts";
export { bulkhead, type BulkheadOptions } from "./load/bulkhead.ts";
export { hedge, type HedgeOptions } from "./load/hedge.ts";
export { rateLimit, type RateLimitOptions } from "./load/rate-limit.ts";
export { quantileOf, type HistogramData } from "./metrics/histogram-data.ts";
export { mergeHistograms } from "./metrics/merge-histograms.ts";
export { createRegistry, type Registry, type RegistryOptions } from "./metrics/registry.ts";
export type {
  HistogramMetricSnapshot,
  HistogramSeries,
  MetricSnapshot,
  NumberMetricSnapshot,
  NumberSeries,
  Snapshot,
} from "./metrics/snapshot.ts";
export { toPrimitive, type Primitive, type Step } from "./primitive.ts";
export { contextFromHeaders } from "./propagation.ts";
export type { Backoff, Jitter } from "./recovery/backoff.ts";
export type { CircuitBreakerStore, CircuitRecord } from "./recovery/circuit-breaker-store.ts";
export { circuitBreaker, type CircuitBreakerOptions } from "./recovery/circuit-breaker.ts";
export { fallback, type FallbackOptions } from "./recovery/fallback.ts";
export { retryBudget, type RetryBudget, type RetryBudgetOptions } from "./recovery/retry-budget.ts";
export { retry, type RetryOptions } from "./recovery/retry.ts";
export { saga, type Compensation, type SagaStep } from "./recovery/saga.ts";
export { timeout, type TimeoutOptions } from "./recovery/timeout.ts";
export { slot, type Slot } from "./slot.ts";
export type { LogEvent } from "./telemetry/log-event.ts";
export { onRun } from "./telemetry/on-run.ts";
export type { EndedRun, RunListener, RunScore } from "./telemetry/run-listener.ts";
export { onLogEvent } from "./telemetry/on-log-event.ts";
export type { WorkflowGraph } from "./tree/describe.ts";
export { toMermaid } from "./tree/mermaid.ts";
export { delay } from "./waiting/delay.ts";
export { signal } from "./waiting/signal.ts";
export { waitFor, type WaitForOptions } from "./waiting/wait-for.ts";

// The only statements of this package that run on import: see docs/decisions/0009-what-the-core-weighs.md.
completeSlot();
