import { describe, expect, test } from "vitest";
import type { ProblemReport } from "../problem.ts";
import type { ResolvedConfig } from "./config.ts";
import { resolveConfig } from "./config.ts";
import type { ObservabilityOptions } from "./options.ts";
import type { Environment } from "./environment.ts";

function resolve(
  options: ObservabilityOptions = {},
  environment: Environment = {},
  atTerminal = false,
): ResolvedConfig & { readonly reports: readonly ProblemReport[] } {
  const reports: ProblemReport[] = [];
  const resolved = resolveConfig(options, {
    environment,
    atTerminal,
    report: (problem) => void reports.push(problem),
  });
  return { ...resolved, reports };
}

/** Options as a caller without type-checking may give them. */
const untyped = (options: unknown): ObservabilityOptions => options as ObservabilityOptions;

describe("where a value comes from", () => {
  test("an option wins over the environment", () => {
    const { config, reports } = resolve({ serviceName: "desk" }, { OTEL_SERVICE_NAME: "other" });
    expect(config.serviceName).toEqual({ value: "desk", source: "option" });
    expect(reports).toEqual([]);
  });

  test("the environment wins over the default, and is named", () => {
    const { config } = resolve(
      {},
      {
        OTEL_SERVICE_NAME: "desk",
        ENVIRONMENT: "staging",
        PROMETHEUS_PORT: "9999",
        PROMETHEUS_HOST: "0.0.0.0",
        OTEL_SDK_DISABLED: "TRUE",
        OTEL_BSP_MAX_QUEUE_SIZE: "100",
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "10",
        OTEL_BSP_SCHEDULE_DELAY: "200",
        OTEL_BSP_EXPORT_TIMEOUT: "300",
      },
    );
    expect(config).toMatchObject({
      serviceName: { value: "desk", source: "OTEL_SERVICE_NAME" },
      environment: { value: "staging", source: "ENVIRONMENT" },
      prometheus: {
        port: { value: 9999, source: "PROMETHEUS_PORT" },
        host: { value: "0.0.0.0", source: "PROMETHEUS_HOST" },
      },
      disabled: { value: true, source: "OTEL_SDK_DISABLED" },
      maxQueueSize: { value: 100, source: "OTEL_BSP_MAX_QUEUE_SIZE" },
      maxExportBatchSize: { value: 10, source: "OTEL_BSP_MAX_EXPORT_BATCH_SIZE" },
      exportIntervalMs: { value: 200, source: "OTEL_BSP_SCHEDULE_DELAY" },
      exportTimeoutMs: { value: 300, source: "OTEL_BSP_EXPORT_TIMEOUT" },
    });
  });

  test("without options and environment every setting has its documented default", () => {
    const { config, collectors } = resolve();
    expect(Object.values(collectors)).toEqual([undefined, undefined, undefined]);
    const unsent = {
      endpoint: undefined,
      protocol: "http/protobuf",
      headers: [],
      compression: "none",
      timeoutMs: 10_000,
    };
    expect(values(config)).toEqual({
      disabled: false,
      existingSdk: false,
      otlpProtocol: "http/protobuf",
      otlpCompression: "none",
      otlp: { traces: unsent, metrics: unsent, logs: unsent },
      propagators: ["tracecontext", "baggage"],
      logLevel: "info",
      structuredLogging: true,
      logCorrelation: true,
      metricExportIntervalMs: 60_000,
      metricTemporality: "cumulative",
      metricHistograms: "explicit_bucket_histogram",
      genAiMetrics: false,
      instrumentFetch: true,
      batchSpanProcessor: true,
      exitHooks: true,
      spoolFolder: undefined,
      serviceName: "unknown_service:node",
      serviceVersion: undefined,
      environment: "development",
      otlpEndpoint: undefined,
      otlpHeaders: [],
      consoleExporter: false,
      prometheus: { enabled: true, host: "127.0.0.1", port: 9464, endpoint: "/metrics" },
      traceSampleRate: 1,
      parentBased: true,
      spans: "full",
      maxExportBatchSize: 512,
      maxQueueSize: 2048,
      exportIntervalMs: 5000,
      exportTimeoutMs: 10_000,
      shutdownTimeoutMs: 5000,
    });
  });

  test("the more particular variable wins over the general one", () => {
    const { config } = resolve(
      {},
      {
        OTEL_EXPORTER_PROMETHEUS_PORT: "1",
        PROMETHEUS_PORT: "2",
        OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "3",
        OTEL_EXPORTER_OTLP_TIMEOUT: "4",
        ENVIRONMENT: "staging",
        NODE_ENV: "production",
      },
    );
    expect(config.prometheus.port.value).toBe(1);
    expect(config.exportTimeoutMs.value).toBe(3);
    expect(config.environment.value).toBe("staging");
  });

  test("an empty variable counts as unset", () => {
    const { config, reports } = resolve(
      { serviceName: "desk" },
      { PROMETHEUS_PORT: "", NODE_ENV: "  " },
    );
    expect(config.prometheus.port.source).toBe("default");
    expect(config.environment.source).toBe("default");
    expect(reports).toEqual([]);
  });

  test("OTEL_RESOURCE_ATTRIBUTES gives name, version and environment, after the variables of their own", () => {
    const attributes =
      "service.name=desk,service.version=1.2.3,deployment.environment.name=eu%2Cwest,team=a%20b";
    const { config, resourceAttributes } = resolve({}, { OTEL_RESOURCE_ATTRIBUTES: attributes });
    expect(config.serviceName).toEqual({ value: "desk", source: "OTEL_RESOURCE_ATTRIBUTES" });
    expect(config.serviceVersion.value).toBe("1.2.3");
    expect(config.environment.value).toBe("eu,west");
    expect(resourceAttributes.get("team")).toBe("a b");
    const named = resolve({}, { OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: "front" });
    expect(named.config.serviceName.value).toBe("front");
  });

  test("a batch is no larger than the queue it is taken from", () => {
    const { config, reports } = resolve({ serviceName: "desk", maxQueueSize: 100 });
    expect(config.maxExportBatchSize.value).toBe(100);
    expect(reports).toEqual([]);
  });
});

describe("a wrong variable", () => {
  test.each([
    ["PROMETHEUS_PORT", "70000"],
    ["PROMETHEUS_PORT", "http"],
    ["OTEL_BSP_SCHEDULE_DELAY", "-1"],
    ["OTEL_SDK_DISABLED", "yes"],
    ["OTEL_TRACES_SAMPLER", "sometimes"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"],
    ["OTEL_RESOURCE_ATTRIBUTES", "team"],
    ["OTEL_RESOURCE_ATTRIBUTES", "team=%zz"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "authorization"],
  ])("%s=%s is reported and ignored", (name, value) => {
    const { config, reports } = resolve({ serviceName: "desk" }, { [name]: value });
    expect(reports).toEqual([
      { code: "environment_variable", message: expect.stringContaining(name), subject: name },
    ]);
    expect(values(config)).toEqual(values(resolve({ serviceName: "desk" }).config));
  });

  test("OTEL_TRACES_SAMPLER_ARG outside 0 to 1 is reported, and everything is sampled", () => {
    const { config, reports } = resolve(
      { serviceName: "desk" },
      { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "7" },
    );
    expect(reports).toMatchObject([{ subject: "OTEL_TRACES_SAMPLER_ARG" }]);
    expect(config.traceSampleRate.value).toBe(1);
  });

  test("a batch size above the queue is reported and lowered", () => {
    const { config, reports } = resolve(
      { serviceName: "desk", maxQueueSize: 100 },
      { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "200" },
    );
    expect(config.maxExportBatchSize.value).toBe(100);
    expect(reports).toMatchObject([{ code: "environment_variable" }]);
  });
});

describe("a wrong option", () => {
  test.each<[string, unknown, new (message: string) => Error, string]>([
    ["traceSampleRate", 1.5, RangeError, "traceSampleRate is 1.5; expected a number from 0 to 1"],
    ["traceSampleRate", Number.NaN, RangeError, "traceSampleRate is NaN"],
    ["traceSampleRate", "1", TypeError, "traceSampleRate is '1'; expected a number from 0 to 1"],
    ["serviceName", "", RangeError, "serviceName is ''; expected a non-empty string"],
    ["serviceName", 7, TypeError, "serviceName is 7; expected a non-empty string"],
    ["environment", null, TypeError, "environment is null"],
    [
      "otlpEndpoint",
      "localhost:4318",
      TypeError,
      "otlpEndpoint is 'localhost:4318'; expected an http:// or https:// URL",
    ],
    ["otlpEndpoint", "grpc://localhost:4317", TypeError, "otlpEndpoint is 'grpc://localhost:4317'"],
    ["otlpHeaders", "a=b", TypeError, "otlpHeaders is not an object"],
    ["otlpHeaders", { "bad name": "x" }, TypeError, 'otlpHeaders["bad name"]'],
    ["consoleExporter", "yes", TypeError, "consoleExporter is 'yes'; expected true or false"],
    ["spans", "some", TypeError, 'spans is \'some\'; expected "full" or "compact"'],
    ["maxQueueSize", 0, RangeError, "maxQueueSize is 0; expected a whole number, 1 or more"],
    ["maxQueueSize", 1.5, RangeError, "maxQueueSize is 1.5"],
    ["exportIntervalMs", 3e9, RangeError, "exportIntervalMs is 3000000000"],
    ["prometheus", 9464, TypeError, "prometheus is 9464; expected an object"],
    [
      "prometheus",
      { port: 65_536 },
      RangeError,
      "prometheus.port is 65536; expected a whole number, 0 to 65535",
    ],
    [
      "prometheus",
      { endpoint: "metrics" },
      RangeError,
      "prometheus.endpoint is 'metrics'; expected a path that begins with \"/\"",
    ],
    ["prometheus", { enabled: 1 }, TypeError, "prometheus.enabled is 1"],
    ["spanProcessors", {}, TypeError, "spanProcessors is {}; expected an array"],
    ["spanProcessors", [{ onEnd: () => undefined }], TypeError, "spanProcessors[0] is"],
  ])("%s: %j is refused", (...[name, value, kind, message]) => {
    const attempt = (): unknown => resolve(untyped({ [name]: value }));
    expect(attempt).toThrow(kind);
    expect(attempt).toThrow(message);
  });

  test("anything but an object is refused", () => {
    expect(() => resolve(untyped("desk"))).toThrow("the argument is 'desk'; expected an object");
  });

  test("a batch larger than the queue is refused", () => {
    expect(() => resolve({ maxExportBatchSize: 20, maxQueueSize: 10 })).toThrow(
      new RangeError(
        "initializeObservability: maxExportBatchSize is 20 (option); expected at most maxQueueSize, which is 10 (option)",
      ),
    );
  });

  test("an unknown name is reported, not refused", () => {
    const { reports } = resolve(
      untyped({ serviceName: "desk", service_name: "x", prometheus: { prot: 1 } }),
    );
    expect(reports).toMatchObject([
      { code: "unknown_option", subject: "service_name" },
      { code: "unknown_option", subject: "prometheus.prot" },
    ]);
  });
});

describe("the service's name", () => {
  test("is reported when nobody gives it", () => {
    expect(resolve().reports).toMatchObject([{ code: "service_name_missing" }]);
  });
});

describe("the log's level", () => {
  test.each([
    ["DEBUG", "debug"],
    ["Warning", "warn"],
    ["CRITICAL", "fatal"],
    ["silent", "silent"],
  ])("LOG_LEVEL=%s means %s", (text, level) => {
    expect(resolve({}, { LOG_LEVEL: text }).config.logLevel).toEqual({
      value: level,
      source: "LOG_LEVEL",
    });
  });
});

describe("the console", () => {
  const named = { serviceName: "desk" } as const;

  test("is on in development, at a terminal, without a collector", () => {
    expect(resolve(named, {}, true).config.consoleExporter).toEqual({
      value: true,
      source: "default (development, at a terminal, without a collector)",
    });
  });

  test.each<[string, ObservabilityOptions, Environment, boolean]>([
    ["where nobody reads along", {}, {}, false],
    ["in production", {}, { NODE_ENV: "production" }, true],
    ["with a collector", { otlpEndpoint: "http://localhost:4318" }, {}, true],
    ["where it is turned off", { consoleExporter: false }, {}, true],
  ])("is off %s", (...[, options, environment, atTerminal]) => {
    expect(
      resolve({ ...named, ...options }, environment, atTerminal).config.consoleExporter.value,
    ).toBe(false);
  });
});

describe("the sampler's variables", () => {
  test.each([
    ["always_on", undefined, 1, false],
    ["always_off", undefined, 0, false],
    ["traceidratio", "0.25", 0.25, false],
    ["parentbased_always_on", undefined, 1, true],
    ["parentbased_always_off", undefined, 0, true],
    ["parentbased_traceidratio", "0.5", 0.5, true],
  ])(
    "%s %s means a rate of %d and parent-based %s",
    (...[sampler, argument, rate, parentBased]) => {
      const { config, reports } = resolve(
        { serviceName: "desk" },
        { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument },
      );
      expect(config.traceSampleRate.value).toBe(rate);
      expect(config.parentBased).toEqual({ value: parentBased, source: "OTEL_TRACES_SAMPLER" });
      expect(reports).toEqual([]);
    },
  );
});

function values(config: object): unknown {
  return Object.fromEntries(
    Object.entries(config).map(([name, setting]: [string, object]) => [
      name,
      "source" in setting && "value" in setting ? setting.value : values(setting),
    ]),
  );
}
