export type { CostFigures } from "./analysis/cost-figures.ts";
export { costOf, type CostLabel, type CostOptions, type CostReport } from "./analysis/cost.ts";
export type { CollectedMetrics } from "./analysis/collected-metrics.ts";
export type { MetricsCollector } from "./analysis/collector.ts";
export { decodeSnapshot } from "./analysis/decode-snapshot.ts";
export { encodeSnapshot } from "./analysis/encode-snapshot.ts";
export type { EncodedSnapshot } from "./analysis/encoded-snapshot.ts";
export type { ExecutionRecord } from "./analysis/execution-record.ts";
export type { LabelMatch } from "./analysis/label-match.ts";
export { mergeSnapshots } from "./analysis/merge-snapshots.ts";
export type { Money } from "./analysis/money.ts";
export type {
  Measured,
  PercentilesOptions,
  StandardPercentile,
} from "./analysis/percentiles-options.ts";
export {
  percentilesOf,
  type Distribution,
  type PercentilesReport,
} from "./analysis/percentiles.ts";
export type { ThroughputOptions } from "./analysis/throughput-options.ts";
export type { Throughput, ThroughputReport, WindowRate } from "./analysis/throughput.ts";
export type { Anomaly, AnomalyOptions } from "./anomaly/anomaly.ts";
export type { AnomalySignal } from "./anomaly/bucket.ts";
export type { ActiveAnomaly } from "./anomaly/watch.ts";
export type {
  CircuitCollector,
  CircuitSnapshot,
  ComponentCollector,
  ComponentEvaluation,
  ComponentStore,
  LlmCollector,
  LlmSnapshot,
} from "./collectors.ts";
export { createComponentFile } from "./collectors/component-file.ts";
export type { SignalConfig } from "./config/collector.ts";
export type { ObservabilityConfig } from "./config/config.ts";
export type { LogOptions, ObservabilityOptions, PrometheusOptions } from "./config/options.ts";
export type { LogLevel } from "./config/settings/logging.ts";
export type { Compression, OtlpProtocol, Signal } from "./config/settings/otlp.ts";
export type { PropagatorName } from "./config/settings/propagation.ts";
export type { Setting } from "./config/setting.ts";
export { getMeter, getTracer } from "./getters.ts";
export { honoTracing, type HonoContext } from "./http/hono.ts";
export { expressTracing, traceRequests, type RoutedRequest } from "./http/node-http.ts";
export { initializeObservability } from "./initialize.ts";
export { captureConsole, type CapturedConsole } from "./logging/capture-console.ts";
export { getLogger, type LogFields, type Logger } from "./logging/logger.ts";
export { logMixin, pinoOptions, type PinoOptions } from "./logging/pino-options.ts";
export type { RedactOptions } from "./logging/redaction/redact-options.ts";
export { createRedactor, type Redactor } from "./logging/redaction/redactor.ts";
export type { SecretPatternName } from "./logging/redaction/secret-patterns.ts";
export type { Observability } from "./observability.ts";
export type { Problem, ProblemCode } from "./problem.ts";
export { formatExposition } from "./prometheus/exposition.ts";
export { keepTrace } from "./sampling/keep-trace.ts";
export type {
  AdaptiveSamplingOptions,
  CostlyTraceOptions,
  SamplingOptions,
  SlowTraceOptions,
  TailSamplingOptions,
} from "./sampling/sampling-options.ts";
export type { BurnEvent } from "./slo/burn-event.ts";
export { fileSloStore } from "./slo/file-store.ts";
export { toOpenSlo, type OpenSloOptions } from "./slo/open-slo.ts";
export { redisSloStore, type SloRedisClient } from "./slo/redis-store.ts";
export type { SloAlertStatus, SloStatus, SloWindowStatus } from "./slo/slo-status.ts";
export type { SloStore } from "./slo/slo-store.ts";
export type { SloSurface } from "./slo/slo-surface.ts";
export type { SloTrackingOptions } from "./slo/start-slos.ts";
