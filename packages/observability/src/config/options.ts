import type { Component, Slo } from "@tta-dev/primitives/slo";
import type { AnomalyOptions } from "../anomaly/anomaly.ts";
import type { ComponentStore } from "../collectors/component-state.ts";
import type { RedactOptions } from "../logging/redaction/redact-options.ts";
import type { SamplingOptions } from "../sampling/sampling-options.ts";
import type { SloTrackingOptions } from "../slo/start-slos.ts";
import type { LogLevel } from "./settings/logging.ts";
import type { Compression, OtlpProtocol, Signal } from "./settings/otlp.ts";
import type { PropagatorName } from "./settings/propagation.ts";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";

/**
 * What `initializeObservability` can be told. Every field may be left out.
 *
 * An option wins over the environment, the environment over the default; `observability.config` shows what won.
 */
export interface ObservabilityOptions {
  /**
   * Name of the program: `service.name` on every span, `job` in Prometheus.
   *
   * @default "unknown_service:node", and a problem that says so
   */
  readonly serviceName?: string;
  /** Version of the program. */
  readonly serviceVersion?: string;
  /**
   * Where the program runs, for example `"production"`.
   *
   * @default "development"
   */
  readonly environment?: string;
  /**
   * Base URL of a collector that speaks OTLP, for example `"http://localhost:4318"`. Traces, metrics and logs are sent to
   * it; over HTTP `/v1/traces`, `/v1/metrics` and `/v1/logs` are appended. A variable for one signal is used as it is.
   * Without an endpoint nothing is pushed anywhere.
   */
  readonly otlpEndpoint?: string;
  /**
   * What is pushed to the collector.
   *
   * @default all three, less those for which `OTEL_TRACES_EXPORTER`, `OTEL_METRICS_EXPORTER` or `OTEL_LOGS_EXPORTER` does not name `otlp`
   */
  readonly otlpSignals?: readonly Signal[];
  /**
   * How the collector is spoken to: OTLP over HTTP with protobuf or JSON, or over gRPC.
   *
   * @default "grpc" where the endpoint's port is 4317, else "http/protobuf"
   */
  readonly otlpProtocol?: OtlpProtocol;
  /**
   * Headers for the collector, for example an API key. Those of the variables are added; of one name the option's wins.
   * Their values are never printed or shown.
   */
  readonly otlpHeaders?: Readonly<Record<string, string>>;
  /**
   * Compresses what is sent to the collector.
   *
   * @default "none"
   */
  readonly otlpCompression?: Compression;
  /**
   * How trace context goes in and out of requests: W3C `"tracecontext"` and `"baggage"`, Zipkin's `"b3"` and `"b3multi"`.
   * What the application has registered itself stays.
   *
   * @default ["tracecontext", "baggage"]
   */
  readonly propagators?: readonly PropagatorName[];
  /** Baggage keys that become attributes `baggage.{key}` of a root span. */
  readonly baggageKeys?: readonly string[];
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
   *
   * @default 1
   */
  readonly traceSampleRate?: number;
  /**
   * Whether a trace that began elsewhere is recorded exactly if it was recorded there.
   *
   * @default true
   */
  readonly parentBased?: boolean;
  /** Which traces are exported beyond that: tail sampling, adaptive sampling. */
  readonly sampling?: SamplingOptions;
  /**
   * `"full"`: a span for a step and one for the primitive in it. `"compact"`: one for both.
   *
   * @default "full"
   */
  readonly spans?: "full" | "compact";
  /**
   * Least level of a log line.
   *
   * @default "info"
   */
  readonly logLevel?: LogLevel;
  /**
   * Write log lines as JSON; otherwise for a person to read.
   *
   * @default true, except in development at a terminal
   */
  readonly structuredLogging?: boolean;
  /**
   * Put `trace_id`, `span_id` and the fields of the workflow on log lines.
   *
   * @default true
   */
  readonly logCorrelation?: boolean;
  /** What logging does besides: what is taken out, what the primitives tell. */
  readonly logs?: LogOptions;
  /**
   * Milliseconds between two pushes of the metrics to the collector.
   *
   * @default 60000
   */
  readonly metricExportIntervalMs?: number;
  /**
   * Whether pushed counts are since the start (`"cumulative"`) or since the last push.
   *
   * @default "cumulative"
   */
  readonly metricTemporality?: "cumulative" | "delta" | "lowmemory";
  /**
   * Push histograms with the catalogue's bounds, which dashboards and rules query, or as exponential sketches.
   *
   * @default "explicit_bucket_histogram"
   */
  readonly metricHistograms?: "explicit_bucket_histogram" | "base2_exponential_bucket_histogram";
  /**
   * Record the metrics of OpenTelemetry's GenAI conventions, too.
   *
   * @default false
   */
  readonly genAiMetrics?: boolean;
  /**
   * Carry trace context in outgoing `fetch` calls and give each a client span.
   *
   * @default true
   */
  readonly instrumentFetch?: boolean;
  /** Service level objectives that belong to no workflow's own options. */
  readonly slos?: readonly Slo[];
  /** How all SLOs are tracked: who is told of a budget that burns, where counts survive a restart. */
  readonly slo?: SloTrackingOptions;
  /** Components with a maturity, as `defineComponent` makes them. */
  readonly components?: readonly Component[];
  /**
   * File, or store, in which components keep what was seen of them from one start to the next. Without components nothing
   * is written.
   *
   * @default ".tta/components.json"
   */
  readonly componentState?: string | ComponentStore;
  /**
   * Look for anomalies in latency, error rate, throughput, cost and tokens of each workflow; false for not.
   *
   * @default every default of its options
   */
  readonly anomalies?: false | AnomalyOptions;
  /**
   * Gather spans into batches; otherwise each is sent at once, for looking for a fault.
   *
   * @default true
   */
  readonly batchSpanProcessor?: boolean;
  /**
   * Most spans in one request.
   *
   * @default 512, or `maxQueueSize` where that is smaller
   */
  readonly maxExportBatchSize?: number;
  /**
   * Most spans that wait to be sent; past it spans are dropped and counted.
   *
   * @default 2048
   */
  readonly maxQueueSize?: number;
  /**
   * Milliseconds between two requests; a full batch goes at once.
   *
   * @default 5000
   */
  readonly exportIntervalMs?: number;
  /**
   * Milliseconds that sending one batch may take, its retries included.
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
  /**
   * Send what waits when the process ends: on return from main, an uncaught error, SIGTERM, SIGINT and `process.exit()`.
   * Exit code, signal and stack trace stay what they would have been.
   *
   * @default true
   */
  readonly exitHooks?: boolean;
  /** Folder for spans that could not be sent before the process ended; the next start sends them. */
  readonly spoolFolder?: string;
  /**
   * Leave tracing to the SDK that the application has set up or will set up, and start everything else.
   *
   * @default false
   */
  readonly existingSdk?: boolean;
  /** Further span processors, called before the built-in ones. One that throws is a problem and changes no result. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /**
   * Turn everything off: no span is recorded, no port opened. Trace context still passes through.
   *
   * @default false
   */
  readonly disabled?: boolean;
}

/** What logging does besides level and form. */
export interface LogOptions {
  /** What is taken out of log lines, log records and spans before they leave the process. */
  readonly redact?: RedactOptions;
  /**
   * Least level of what the primitives tell: a run failed, an attempt is repeated, a circuit opened.
   *
   * @default `logLevel`
   */
  readonly events?: LogLevel;
  /**
   * Where lines go: `"stderr"` for a program whose standard output is its result.
   *
   * @default "stdout"
   */
  readonly to?: "stdout" | "stderr";
}

/** The page that Prometheus reads. It does not keep the process alive: a script ends when its own work is done. */
export interface PrometheusOptions {
  /**
   * Serve the page.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Address to listen on.
   * On a loopback address only requests for a loopback name are answered, so that no web page can read it.
   *
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /**
   * Port to listen on; 0 takes any free one (`observability.metricsUrl` tells which).
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
  /**
   * Gives a page in text format 0.0.4 that comes after ours, for example prom-client's `register.metrics`. What fails or is
   * late is missing, and is a problem.
   */
  readonly append?: () => string | Promise<string>;
}
