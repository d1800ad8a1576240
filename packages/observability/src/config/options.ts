import type { SpanProcessor } from "@opentelemetry/sdk-trace";

/**
 * What `initializeObservability` can be told. Every field may be left out.
 *
 * An option wins over the environment, the environment over the default; `observability.config` shows what won.
 */
export interface ObservabilityOptions {
  /**
   * Name of the program: `service.name` on every span, `job` in Prometheus.
   * Else OTEL_SERVICE_NAME, then `service.name` in OTEL_RESOURCE_ATTRIBUTES.
   *
   * @default "unknown_service:node", and a problem that says so
   */
  readonly serviceName?: string;
  /** Version of the program. Else `service.version` in OTEL_RESOURCE_ATTRIBUTES. */
  readonly serviceVersion?: string;
  /**
   * Where the program runs, for example `"production"`.
   * Else `deployment.environment.name` in OTEL_RESOURCE_ATTRIBUTES, then ENVIRONMENT, then NODE_ENV.
   *
   * @default "development"
   */
  readonly environment?: string;
  /**
   * Base URL of a collector that speaks OTLP over HTTP, for example `"http://localhost:4318"`; `/v1/traces` is appended.
   * Else OTEL_EXPORTER_OTLP_TRACES_ENDPOINT (used as it is), then OTEL_EXPORTER_OTLP_ENDPOINT. Without one no trace leaves the process.
   */
  readonly otlpEndpoint?: string;
  /**
   * Headers for the collector, for example an API key. Added to those of OTEL_EXPORTER_OTLP_TRACES_HEADERS and
   * OTEL_EXPORTER_OTLP_HEADERS, before which they win name by name. Their values are never printed or shown.
   */
  readonly otlpHeaders?: Readonly<Record<string, string>>;
  /**
   * Print each finished trace as a tree on standard error, and problems too.
   *
   * @default true in development, at a terminal (standard output and standard error both), without a collector
   */
  readonly consoleExporter?: boolean;
  /** The page that Prometheus reads. */
  readonly prometheus?: PrometheusOptions;
  /**
   * Share of the traces that are recorded, 0 to 1. Metrics count every run whatever is recorded.
   * Else OTEL_TRACES_SAMPLER with OTEL_TRACES_SAMPLER_ARG.
   *
   * @default 1
   */
  readonly traceSampleRate?: number;
  /**
   * Whether a trace that began elsewhere is recorded exactly if it was recorded there. Else OTEL_TRACES_SAMPLER.
   *
   * @default true
   */
  readonly parentBased?: boolean;
  /**
   * `"full"`: a span for a step and one for the primitive in it. `"compact"`: one for both.
   *
   * @default "full"
   */
  readonly spans?: "full" | "compact";
  /**
   * Most spans in one request. Else OTEL_BSP_MAX_EXPORT_BATCH_SIZE.
   *
   * @default 512, or `maxQueueSize` where that is smaller
   */
  readonly maxExportBatchSize?: number;
  /**
   * Most spans that wait to be sent; past it spans are dropped and counted. Else OTEL_BSP_MAX_QUEUE_SIZE.
   *
   * @default 2048
   */
  readonly maxQueueSize?: number;
  /**
   * Milliseconds between two requests; a full batch goes at once. Else OTEL_BSP_SCHEDULE_DELAY.
   *
   * @default 5000
   */
  readonly exportIntervalMs?: number;
  /**
   * Milliseconds that sending one batch may take, its retries included.
   * Else OTEL_EXPORTER_OTLP_TRACES_TIMEOUT, OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_BSP_EXPORT_TIMEOUT.
   *
   * @default 10000
   */
  readonly exportTimeoutMs?: number;
  /**
   * Milliseconds after which `shutdown()` and `forceFlush()` give up.
   *
   * @default 5000
   */
  readonly shutdownTimeoutMs?: number;
  /** Further span processors, called before the built-in ones. One that throws is a problem and changes no result. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /**
   * Turn everything off: no span is recorded, no port opened. Trace context still passes through. Else OTEL_SDK_DISABLED.
   *
   * @default false
   */
  readonly disabled?: boolean;
}

/** The page that Prometheus reads. It does not keep the process alive: a script ends when its own work is done. */
export interface PrometheusOptions {
  /** @default true */
  readonly enabled?: boolean;
  /**
   * Address to listen on. Else OTEL_EXPORTER_PROMETHEUS_HOST, then PROMETHEUS_HOST.
   * On a loopback address only requests for a loopback name are answered, so that no web page can read it.
   *
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /**
   * Port to listen on; 0 takes any free one (`observability.metricsUrl` tells which).
   * Else OTEL_EXPORTER_PROMETHEUS_PORT, then PROMETHEUS_PORT.
   *
   * @default 9464
   */
  readonly port?: number;
  /**
   * Path of the page.
   *
   * @default "/metrics"
   */
  readonly endpoint?: string;
}
