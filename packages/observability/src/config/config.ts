import type { Report } from "../problem.ts";
import type { SamplingSettings } from "../sampling/check-sampling.ts";
import { checkSampling } from "../sampling/check-sampling.ts";
import type { Collector, SignalConfig } from "./collector.ts";
import { exportersOf, resolveCollector } from "./collector.ts";
import type { Given } from "./definition.ts";
import { givenIn, orDefault } from "./definition.ts";
import type { Environment, EnvironmentReader } from "./environment.ts";
import { readEnvironment } from "./environment.ts";
import { checkOptions } from "./option-check.ts";
import type { ObservabilityOptions } from "./options.ts";
import type { PropagatorName } from "./settings/propagation.ts";
import { propagation } from "./settings/propagation.ts";
import type { Setting } from "./setting.ts";
import { byDefault } from "./setting.ts";
import { delivery } from "./settings/delivery.ts";
import type { LogLevel } from "./settings/logging.ts";
import { logging } from "./settings/logging.ts";
import { metrics } from "./settings/metrics.ts";
import type { Compression, OtlpProtocol, Signal } from "./settings/otlp.ts";
import { process } from "./settings/process.ts";
import { prometheus } from "./settings/prometheus.ts";
import { sampling } from "./settings/sampling.ts";
import { service } from "./settings/service.ts";

/** Every setting with its value and where the value came from. Safe to print: secrets are left out. */
export interface ObservabilityConfig {
  readonly disabled: Setting<boolean>;
  readonly serviceName: Setting<string>;
  readonly serviceVersion: Setting<string | undefined>;
  readonly environment: Setting<string>;
  readonly existingSdk: Setting<boolean>;
  /** The URL that spans are sent to, without password and query. */
  readonly otlpEndpoint: Setting<string | undefined>;
  /** How spans are sent. */
  readonly otlpProtocol: Setting<OtlpProtocol>;
  /** The headers' names. */
  readonly otlpHeaders: Setting<readonly string[]>;
  readonly otlpCompression: Setting<Compression>;
  /** The same for each signal: variables may send them to different places. */
  readonly otlp: Readonly<Record<Signal, SignalConfig>>;
  readonly propagators: Setting<readonly PropagatorName[]>;
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
  readonly logLevel: Setting<LogLevel>;
  readonly structuredLogging: Setting<boolean>;
  readonly logCorrelation: Setting<boolean>;
  readonly metricExportIntervalMs: Setting<number>;
  readonly metricTemporality: Setting<"cumulative" | "delta" | "lowmemory">;
  readonly metricHistograms: Setting<
    "explicit_bucket_histogram" | "base2_exponential_bucket_histogram"
  >;
  readonly genAiMetrics: Setting<boolean>;
  readonly instrumentFetch: Setting<boolean>;
  readonly batchSpanProcessor: Setting<boolean>;
  readonly maxExportBatchSize: Setting<number>;
  readonly maxQueueSize: Setting<number>;
  readonly exportIntervalMs: Setting<number>;
  readonly exportTimeoutMs: Setting<number>;
  readonly shutdownTimeoutMs: Setting<number>;
  readonly exitHooks: Setting<boolean>;
  readonly spoolFolder: Setting<string | undefined>;
}

/** What is needed to start, secrets included. */
export interface ResolvedConfig {
  readonly config: ObservabilityConfig;
  readonly collectors: Readonly<Record<Signal, Collector | undefined>>;
  readonly sampling: SamplingSettings;
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
  const report = once(surroundings.report);
  checkOptions(options, report);
  const environment = readEnvironment(surroundings.environment, report);
  const given = givenIn(options, environment);
  const sources = { given, environment, headers: options.otlpHeaders, report };
  const traces = resolveCollector("traces", sources);
  const metricSignal = resolveCollector("metrics", sources);
  const logs = resolveCollector("logs", sources);
  const place = orDefault(given, service.environment);
  const isWatched = place.value === "development" && surroundings.atTerminal;

  const config: ObservabilityConfig = {
    disabled: orDefault(given, process.disabled),
    serviceName: given(service.serviceName) ?? unnamed(report),
    serviceVersion: given(service.serviceVersion) ?? byDefault(undefined),
    environment: place,
    existingSdk: orDefault(given, process.existingSdk),
    otlpEndpoint: traces.shown.endpoint,
    otlpProtocol: traces.shown.protocol,
    otlpHeaders: traces.shown.headers,
    otlpCompression: traces.shown.compression,
    otlp: { traces: traces.shown, metrics: metricSignal.shown, logs: logs.shown },
    propagators: orDefault(given, propagation.propagators),
    consoleExporter: consoleSetting(
      given,
      environment,
      isWatched && traces.collector === undefined,
    ),
    prometheus: {
      enabled: orDefault(given, prometheus.enabled),
      host: orDefault(given, prometheus.host),
      port: orDefault(given, prometheus.port),
      endpoint: orDefault(given, prometheus.endpoint),
    },
    traceSampleRate: orDefault(given, sampling.traceSampleRate),
    parentBased: orDefault(given, sampling.parentBased),
    spans: orDefault(given, process.spans),
    logLevel: orDefault(given, logging.logLevel),
    structuredLogging:
      given(logging.structuredLogging) ??
      (isWatched ? byDefault(false, "development, at a terminal") : byDefault(true)),
    logCorrelation: orDefault(given, logging.logCorrelation),
    metricExportIntervalMs: orDefault(given, metrics.metricExportIntervalMs),
    metricTemporality: orDefault(given, metrics.metricTemporality),
    metricHistograms: orDefault(given, metrics.metricHistograms),
    genAiMetrics: orDefault(given, metrics.genAiMetrics),
    instrumentFetch: orDefault(given, process.instrumentFetch),
    batchSpanProcessor: orDefault(given, delivery.batchSpanProcessor),
    ...queueSettings(given, report),
    exportIntervalMs: orDefault(given, delivery.exportIntervalMs),
    exportTimeoutMs: traces.shown.timeoutMs,
    shutdownTimeoutMs: orDefault(given, delivery.shutdownTimeoutMs),
    exitHooks: orDefault(given, delivery.exitHooks),
    spoolFolder: given(delivery.spoolFolder) ?? byDefault(undefined),
  };
  return {
    config,
    collectors: {
      traces: traces.collector,
      metrics: metricSignal.collector,
      logs: logs.collector,
    },
    sampling: checkSampling(options.sampling, report),
    resourceAttributes: environment.resourceAttributes,
  };
}

/** Several settings read one variable; what is wrong with it is told once. */
function once(report: Report): Report {
  const told = new Set<string>();
  return (problem) => {
    const key = `${problem.code} ${problem.subject} ${problem.message}`;
    if (told.has(key)) return;
    told.add(key);
    report(problem);
  };
}

function unnamed(report: Report): Setting<string> {
  report({
    code: "service_name_missing",
    message:
      'the service has no name and is called "unknown_service:node"; give the option serviceName or set OTEL_SERVICE_NAME',
  });
  return byDefault(service.serviceName.fallback);
}

function consoleSetting(
  given: Given,
  environment: EnvironmentReader,
  isWatched: boolean,
): Setting<boolean> {
  const option = given(process.consoleExporter);
  if (option !== undefined) return option;
  const exporters = exportersOf("traces", environment);
  if (exporters?.value.includes("console") === true)
    return { value: true, source: exporters.source };
  return isWatched
    ? byDefault(true, "development, at a terminal, without a collector")
    : byDefault(false);
}

/** A batch cannot be larger than the queue it is taken from. */
function queueSettings(
  given: Given,
  report: Report,
): Pick<ObservabilityConfig, "maxQueueSize" | "maxExportBatchSize"> {
  const maxQueueSize = orDefault(given, delivery.maxQueueSize);
  const most = maxQueueSize.value;
  const batch = given(delivery.maxExportBatchSize);
  if (batch === undefined || batch.value <= most) {
    const fallback = byDefault(Math.min(delivery.maxExportBatchSize.fallback, most));
    return { maxQueueSize, maxExportBatchSize: batch ?? fallback };
  }
  const message = `maxExportBatchSize is ${batch.value} (${batch.source}); expected at most maxQueueSize, which is ${most} (${maxQueueSize.source})`;
  if (batch.source === "option") throw new RangeError(`initializeObservability: ${message}`);
  report({
    code: "environment_variable",
    message: `${message}; ${most} is used`,
    subject: batch.source,
  });
  return { maxQueueSize, maxExportBatchSize: maxQueueSize };
}
