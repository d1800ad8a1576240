import { inspect } from "node:util";
import type { Report } from "../problem.ts";
import { isRecord } from "./kind.ts";
import type { ObservabilityOptions, PrometheusOptions } from "./options.ts";

const OPTIONS: Readonly<Record<keyof ObservabilityOptions, true>> = {
  serviceName: true,
  serviceVersion: true,
  environment: true,
  otlpEndpoint: true,
  otlpSignals: true,
  otlpProtocol: true,
  otlpHeaders: true,
  otlpCompression: true,
  propagators: true,
  baggageKeys: true,
  consoleExporter: true,
  prometheus: true,
  traceSampleRate: true,
  parentBased: true,
  spans: true,
  logLevel: true,
  structuredLogging: true,
  logCorrelation: true,
  logs: true,
  metricExportIntervalMs: true,
  metricTemporality: true,
  metricHistograms: true,
  genAiMetrics: true,
  instrumentFetch: true,
  batchSpanProcessor: true,
  maxExportBatchSize: true,
  maxQueueSize: true,
  exportIntervalMs: true,
  exportTimeoutMs: true,
  shutdownTimeoutMs: true,
  exitHooks: true,
  spoolFolder: true,
  sampling: true,
  slos: true,
  slo: true,
  components: true,
  componentState: true,
  anomalies: true,
  existingSdk: true,
  spanProcessors: true,
  disabled: true,
};

const PROMETHEUS_OPTIONS: Readonly<Record<keyof PrometheusOptions, true>> = {
  enabled: true,
  host: true,
  port: true,
  endpoint: true,
  append: true,
};

const PROCESSOR_METHODS = ["onStart", "onEnd", "forceFlush", "shutdown"] as const;

/**
 * Checks the shape of what was given: objects are objects, processors are processors, no name is misspelt.
 *
 * @throws TypeError for a wrong shape; an unknown name is reported only, so that newer code runs on an older version.
 */
export function checkOptions(options: ObservabilityOptions, report: Report): void {
  const given: unknown = options;
  if (!isRecord(given)) throw wrong("the argument", given, "an object with options");
  reportUnknown(given, OPTIONS, { prefix: "", report });

  const prometheus = given["prometheus"];
  if (prometheus !== undefined) {
    if (!isRecord(prometheus)) {
      throw wrong("prometheus", prometheus, "an object with enabled, host, port and endpoint");
    }
    reportUnknown(prometheus, PROMETHEUS_OPTIONS, { prefix: "prometheus.", report });
  }

  const processors = given["spanProcessors"];
  if (processors === undefined) return;
  if (!Array.isArray(processors)) {
    throw wrong("spanProcessors", processors, "an array of span processors");
  }
  for (const [index, processor] of processors.entries()) {
    if (!isProcessor(processor)) {
      const expected = `an object with the methods ${PROCESSOR_METHODS.join(", ")}`;
      throw wrong(`spanProcessors[${index}]`, processor, expected);
    }
  }
}

function reportUnknown(
  given: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, true>>,
  { prefix, report }: { readonly prefix: string; readonly report: Report },
): void {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue;
    report({
      code: "unknown_option",
      message: `${prefix}${name} is not an option and is ignored; expected one of ${Object.keys(known).join(", ")}`,
      subject: prefix + name,
    });
  }
}

function isProcessor(value: unknown): boolean {
  return (
    isRecord(value) && PROCESSOR_METHODS.every((method) => typeof value[method] === "function")
  );
}

function wrong(name: string, value: unknown, expected: string): TypeError {
  const shown = inspect(value, { depth: 0, maxStringLength: 100, breakLength: Infinity });
  return new TypeError(`initializeObservability: ${name} is ${shown}; expected ${expected}`);
}
