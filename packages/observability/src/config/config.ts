import type { Report } from "../problem.ts";
import type { Collector } from "./collector.ts";
import { resolveCollector } from "./collector.ts";
import { flag, milliseconds, oneOf, ratio, text, urlPath, wholeNumber } from "./kind.ts";
import { checkOptions } from "./option-check.ts";
import type { ObservabilityOptions, PrometheusOptions } from "./options.ts";
import { readResourceAttributes } from "./resource-attributes.ts";
import { readSamplerVariables } from "./sampler-variables.ts";
import type { Environment, Setting, VariableReader } from "./setting.ts";
import { byDefault, fromOption, variableReader } from "./setting.ts";

/** Every setting with its value and where the value came from. Safe to print: secrets are left out. */
export interface ObservabilityConfig {
  readonly disabled: Setting<boolean>;
  readonly serviceName: Setting<string>;
  readonly serviceVersion: Setting<string | undefined>;
  readonly environment: Setting<string>;
  /** The URL that spans are sent to, without password and query. */
  readonly otlpEndpoint: Setting<string | undefined>;
  /** The headers' names. */
  readonly otlpHeaders: Setting<readonly string[]>;
  readonly consoleExporter: Setting<boolean>;
  readonly prometheus: {
    readonly enabled: Setting<boolean>;
    readonly host: Setting<string>;
    readonly port: Setting<number>;
    readonly endpoint: Setting<string>;
  };
  readonly traceSampleRate: Setting<number>;
  readonly parentBased: Setting<boolean>;
  readonly spans: Setting<"full" | "compact">;
  readonly maxExportBatchSize: Setting<number>;
  readonly maxQueueSize: Setting<number>;
  readonly exportIntervalMs: Setting<number>;
  readonly exportTimeoutMs: Setting<number>;
  readonly shutdownTimeoutMs: Setting<number>;
}

/** What is needed to start, secrets included. */
export interface ResolvedConfig {
  readonly config: ObservabilityConfig;
  readonly collector: Collector | undefined;
  /** From OTEL_RESOURCE_ATTRIBUTES. */
  readonly resourceAttributes: ReadonlyMap<string, string>;
}

/** What the configuration depends on besides the options. */
export interface Surroundings {
  readonly environment: Environment;
  /** Whether a person is reading what the process prints. */
  readonly atTerminal: boolean;
  readonly report: Report;
}

/**
 * Puts options, environment and defaults together.
 *
 * @throws TypeError or RangeError for a wrong option; a wrong environment variable is reported and ignored.
 */
export function resolveConfig(
  options: ObservabilityOptions,
  surroundings: Surroundings,
): ResolvedConfig {
  const { environment: variables, atTerminal, report } = surroundings;
  checkOptions(options, report);
  const read = variableReader(variables, report);
  const attributes = readResourceAttributes(read, report);
  const attribute = (name: string): Setting<string> | undefined => {
    const value = attributes.get(name);
    return value === undefined || value === ""
      ? undefined
      : { value, source: "OTEL_RESOURCE_ATTRIBUTES" };
  };

  const environment =
    fromOption("environment", options.environment, text) ??
    attribute("deployment.environment.name") ??
    read.setting("ENVIRONMENT", text) ??
    read.setting("NODE_ENV", text) ??
    byDefault("development");
  const { collector, endpoint, headerNames } = resolveCollector(options, read, report);
  const sampler = readSamplerVariables(read);
  const watched = environment.value === "development" && atTerminal && collector === undefined;

  const config: ObservabilityConfig = {
    disabled:
      fromOption("disabled", options.disabled, flag) ??
      read.setting("OTEL_SDK_DISABLED", flag) ??
      byDefault(false),
    serviceName:
      fromOption("serviceName", options.serviceName, text) ??
      read.setting("OTEL_SERVICE_NAME", text) ??
      attribute("service.name") ??
      unnamed(report),
    serviceVersion:
      fromOption("serviceVersion", options.serviceVersion, text) ??
      attribute("service.version") ??
      byDefault(undefined),
    environment,
    otlpEndpoint: endpoint,
    otlpHeaders: headerNames,
    consoleExporter:
      fromOption("consoleExporter", options.consoleExporter, flag) ??
      (watched
        ? byDefault(true, "development, at a terminal, without a collector")
        : byDefault(false)),
    prometheus: resolvePrometheus(options.prometheus ?? {}, read),
    traceSampleRate:
      fromOption("traceSampleRate", options.traceSampleRate, ratio) ?? sampler.rate ?? byDefault(1),
    parentBased:
      fromOption("parentBased", options.parentBased, flag) ??
      sampler.parentBased ??
      byDefault(true),
    spans: fromOption("spans", options.spans, oneOf(["full", "compact"])) ?? byDefault("full"),
    ...resolveBatching(options, read, report),
  };
  return { config, collector, resourceAttributes: attributes };
}

function unnamed(report: Report): Setting<string> {
  report({
    code: "service_name_missing",
    message:
      'the service has no name and is called "unknown_service:node"; give the option serviceName or set OTEL_SERVICE_NAME',
  });
  return byDefault("unknown_service:node");
}

function resolvePrometheus(
  options: PrometheusOptions,
  read: VariableReader,
): ObservabilityConfig["prometheus"] {
  const port = wholeNumber(0, 65_535);
  return {
    enabled: fromOption("prometheus.enabled", options.enabled, flag) ?? byDefault(true),
    host:
      fromOption("prometheus.host", options.host, text) ??
      read.setting("OTEL_EXPORTER_PROMETHEUS_HOST", text) ??
      read.setting("PROMETHEUS_HOST", text) ??
      byDefault("127.0.0.1"),
    port:
      fromOption("prometheus.port", options.port, port) ??
      read.setting("OTEL_EXPORTER_PROMETHEUS_PORT", port) ??
      read.setting("PROMETHEUS_PORT", port) ??
      byDefault(9464),
    endpoint: fromOption("prometheus.endpoint", options.endpoint, urlPath) ?? byDefault("/metrics"),
  };
}

type Batching = Pick<
  ObservabilityConfig,
  | "maxExportBatchSize"
  | "maxQueueSize"
  | "exportIntervalMs"
  | "exportTimeoutMs"
  | "shutdownTimeoutMs"
>;

function resolveBatching(
  options: ObservabilityOptions,
  read: VariableReader,
  report: Report,
): Batching {
  const count = wholeNumber(1);
  const maxQueueSize =
    fromOption("maxQueueSize", options.maxQueueSize, count) ??
    read.setting("OTEL_BSP_MAX_QUEUE_SIZE", count) ??
    byDefault(2048);
  const batchSize =
    fromOption("maxExportBatchSize", options.maxExportBatchSize, count) ??
    read.setting("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", count) ??
    byDefault(Math.min(512, maxQueueSize.value));
  return {
    maxQueueSize,
    maxExportBatchSize: atMost(maxQueueSize, batchSize, report),
    exportIntervalMs:
      fromOption("exportIntervalMs", options.exportIntervalMs, milliseconds) ??
      read.setting("OTEL_BSP_SCHEDULE_DELAY", milliseconds) ??
      byDefault(5000),
    exportTimeoutMs:
      fromOption("exportTimeoutMs", options.exportTimeoutMs, milliseconds) ??
      read.setting("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", milliseconds) ??
      read.setting("OTEL_EXPORTER_OTLP_TIMEOUT", milliseconds) ??
      read.setting("OTEL_BSP_EXPORT_TIMEOUT", milliseconds) ??
      byDefault(10_000),
    shutdownTimeoutMs:
      fromOption("shutdownTimeoutMs", options.shutdownTimeoutMs, milliseconds) ?? byDefault(5000),
  };
}

/** A batch cannot be larger than the queue it is taken from. */
function atMost(queue: Setting<number>, batch: Setting<number>, report: Report): Setting<number> {
  if (batch.value <= queue.value) return batch;
  const message = `maxExportBatchSize is ${batch.value} (${batch.source}); expected at most maxQueueSize, which is ${queue.value} (${queue.source})`;
  if (batch.source === "option") throw new RangeError(`initializeObservability: ${message}`);
  report({
    code: "environment_variable",
    message: `${message}; ${queue.value} is used`,
    subject: batch.source,
  });
  return { value: queue.value, source: queue.source };
}
