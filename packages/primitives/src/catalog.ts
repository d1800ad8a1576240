export type { AttributeName } from "./catalog/attributes.ts";
export { attributePrefixes, attributes, spanEvents } from "./catalog/attributes.ts";
export { durationBounds, scoreBounds } from "./catalog/buckets.ts";
export type {
  LabelDomain,
  MetricDefinition,
  MetricKind,
  MetricUnit,
} from "./catalog/definition.ts";
export type { LabelDescriptor, MetricDescriptor } from "./catalog/descriptor.ts";
export { metricDescriptor, metricDescriptors } from "./catalog/descriptor.ts";
export type { LabelName } from "./catalog/labels.ts";
export { labelAttributes, OTHER } from "./catalog/labels.ts";
export type {
  CounterName,
  GaugeName,
  HistogramName,
  LabelNameOf,
  LabelsOf,
  MetricName,
  MoneyCounterName,
  UpDownName,
} from "./catalog/metrics.ts";
export { metrics } from "./catalog/metrics.ts";
export { prometheusName } from "./catalog/prometheus-name.ts";
export type { SpanKey } from "./catalog/spans.ts";
export { spanName, spanPatterns } from "./catalog/spans.ts";
export type {
  BudgetKind,
  CacheKind,
  CircuitCallKind,
  CircuitState,
  CompensationOutcome,
  CostSource,
  DropReason,
  ExecutionStatus,
  HedgeOutcome,
  LoopEnding,
  PrimitiveType,
  RetryLimit,
  RetryOutcome,
  SamplingDecision,
  SavingsMechanism,
  TimeoutKind,
  TokenDetailType,
  TokenType,
  WaitKind,
  WaitOutcome,
} from "./catalog/values.ts";
export {
  budgetKinds,
  cacheKinds,
  circuitCallKinds,
  circuitStates,
  compensationOutcomes,
  costSources,
  dropReasons,
  executionStatuses,
  hedgeOutcomes,
  loopEndings,
  primitiveTypes,
  retryLimits,
  retryOutcomes,
  samplingDecisions,
  savingsMechanisms,
  timeoutKinds,
  tokenDetailTypes,
  tokenTypes,
  waitKinds,
  waitOutcomes,
} from "./catalog/values.ts";
