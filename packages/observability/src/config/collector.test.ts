import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { ProblemReport } from "../problem.ts";
import type { ResolvedSignal } from "./collector.ts";
import { resolveCollector } from "./collector.ts";
import { givenIn } from "./definition.ts";
import type { Environment } from "./environment.ts";
import { readEnvironment } from "./environment.ts";
import type { ObservabilityOptions } from "./options.ts";
import type { Signal } from "./settings/otlp.ts";
import { signals } from "./settings/otlp.ts";

function resolve(
  options: ObservabilityOptions,
  variables: Environment = {},
  signal: Signal = "traces",
): ResolvedSignal & { readonly reports: readonly ProblemReport[] } {
  const reports: ProblemReport[] = [];
  const report = (problem: ProblemReport): void => void reports.push(problem);
  const environment = readEnvironment(variables, report);
  const resolved = resolveCollector(signal, {
    given: givenIn(options, environment),
    environment,
    headers: options.otlpHeaders,
    report,
  });
  return { ...resolved, reports };
}

describe("the collector's address", () => {
  test.each([
    ["http://localhost:4318", "http://localhost:4318/v1/"],
    ["http://localhost:4318/", "http://localhost:4318/v1/"],
    ["https://otlp.example.com/api/otlp", "https://otlp.example.com/api/otlp/v1/"],
    ["https://otlp.example.com/v1/traces", "https://otlp.example.com/v1/"],
  ])("the base %s leads to %s and the signal", (base, url) => {
    for (const signal of signals) {
      const wanted = url + signal;
      expect(resolve({ otlpEndpoint: base }, {}, signal).collector?.url).toBe(wanted);
      const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: base };
      expect(resolve({}, variables, signal).collector?.url).toBe(wanted);
    }
  });

  test("a query stays", () => {
    expect(resolve({ otlpEndpoint: "https://otlp.example.com/?region=eu" }).collector?.url).toBe(
      "https://otlp.example.com/v1/traces?region=eu",
    );
  });

  test("the variable for a signal is used as it is and wins over the general one", () => {
    const variables = {
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs:4318/in",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4318",
    };
    const { collector, shown } = resolve({}, variables, "logs");
    expect(collector?.url).toBe("http://logs:4318/in");
    expect(shown.endpoint).toEqual({
      value: "http://logs:4318/in",
      source: "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    });
    expect(resolve({}, variables, "traces").collector?.url).toBe("http://all:4318/v1/traces");
  });

  test("the option wins over both variables", () => {
    const { collector } = resolve(
      { otlpEndpoint: "http://option:4318" },
      {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces",
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://all",
      },
    );
    expect(collector?.url).toBe("http://option:4318/v1/traces");
  });

  test.each([
    ["none", undefined],
    ["console", undefined],
    ["otlp", "http://all:4318/v1/metrics"],
    ["prometheus,otlp", "http://all:4318/v1/metrics"],
  ])("OTEL_METRICS_EXPORTER=%s sends metrics to %s", (exporters, url) => {
    const variables = {
      OTEL_METRICS_EXPORTER: exporters,
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4318",
    };
    expect(resolve({}, variables, "metrics").collector?.url).toBe(url);
    expect(resolve({}, variables, "traces").collector?.url).toBe("http://all:4318/v1/traces");
  });

  test("OTEL_TRACES_EXPORTER=otlp without an address means the collector of this machine", () => {
    const { shown } = resolve({}, { OTEL_TRACES_EXPORTER: "otlp" });
    expect(shown.endpoint).toEqual({
      value: "http://localhost:4318/v1/traces",
      source: "OTEL_TRACES_EXPORTER",
    });
  });
});

describe("the collector's protocol", () => {
  test("is gRPC on port 4317, where nobody says otherwise, and has no path", () => {
    const { collector, shown } = resolve({ otlpEndpoint: "http://localhost:4317" });
    expect(collector).toMatchObject({ protocol: "grpc", url: "http://localhost:4317" });
    expect(shown.protocol.source).toBe("default (port 4317 is gRPC's)");
    const said = resolve({ otlpEndpoint: "http://localhost:4317", otlpProtocol: "http/json" });
    expect(said.collector?.url).toBe("http://localhost:4317/v1/traces");
  });

  test.each<[ObservabilityOptions, Environment, string, string]>([
    [{ otlpProtocol: "http/json" }, { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "http/json", "option"],
    [
      {},
      { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" },
      "grpc",
      "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    ],
    [{}, { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }, "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL"],
    [{}, {}, "http/protobuf", "default"],
  ])("with %j and %j it is %s", (...[options, variables, value, source]) => {
    const { shown } = resolve({ otlpEndpoint: "http://localhost:4318", ...options }, variables);
    expect(shown.protocol).toEqual({ value, source });
  });

  test("its time and compression have variables of their own, too", () => {
    const { collector } = resolve(
      { otlpEndpoint: "http://localhost:4318" },
      { OTEL_EXPORTER_OTLP_COMPRESSION: "gzip", OTEL_METRIC_EXPORT_TIMEOUT: "700" },
      "metrics",
    );
    expect(collector).toMatchObject({ compression: "gzip", timeoutMs: 700 });
  });
});

describe("secrets", () => {
  const secret = "s3cr3t";

  test("are used but not shown", () => {
    const { collector, ...rest } = resolve(
      {
        otlpEndpoint: `http://user:${secret}@collector:4318/?key=${secret}`,
        otlpHeaders: { authorization: `Bearer ${secret}` },
      },
      {
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${secret},${secret},tenant=general`,
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: "tenant=particular,authorization=weaker",
      },
    );
    expect(collector).toMatchObject({
      url: `http://user:${secret}@collector:4318/v1/traces?key=${secret}`,
      headers: {
        authorization: `Bearer ${secret}`,
        "x-api-key": secret,
        tenant: "particular",
      },
    });
    expect(JSON.stringify(rest)).not.toContain(secret);
    expect(rest.shown.endpoint.value).toBe("http://***@collector:4318/v1/traces?***");
    expect(rest.shown.headers.value.toSorted()).toEqual(["authorization", "tenant", "x-api-key"]);
    expect(rest.shown.headers.source).toBe(
      "option, OTEL_EXPORTER_OTLP_TRACES_HEADERS, OTEL_EXPORTER_OTLP_HEADERS",
    );
  });

  test("are not in the message about a header that cannot be sent", () => {
    const attempt = (): unknown =>
      resolve({ otlpHeaders: { authorization: `Bearer ${secret}\n` } });
    expect(attempt).toThrow('otlpHeaders["authorization"] cannot be sent');
    expect(attempt).not.toThrow(secret);
  });

  test.each([`user:${secret}@collector`, `ftp://user:${secret}@collector/?key=${secret}`])(
    "are not in the message about the endpoint %s",
    (url) => {
      expect(() => resolve({ otlpEndpoint: url })).not.toThrow(secret);
      expect(
        JSON.stringify(resolve({}, { OTEL_EXPORTER_OTLP_ENDPOINT: url }).reports),
      ).not.toContain(secret);
    },
  );
});

describe("certificates", () => {
  const endpoint = { otlpEndpoint: "https://collector:4318" };

  test("are read from the files that the variables name, the signal's own first", () => {
    const here = fileURLToPath(import.meta.url);
    const { collector, reports } = resolve(endpoint, {
      OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere",
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: here,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: here,
    });
    expect(Object.keys(collector?.tls ?? {})).toEqual(["ca", "key"]);
    expect(reports).toEqual([]);
  });

  test("that cannot be read are reported", () => {
    const { collector, reports } = resolve(endpoint, {
      OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere",
    });
    expect(collector?.tls).toBeUndefined();
    expect(reports).toMatchObject([
      { subject: "OTEL_EXPORTER_OTLP_CERTIFICATE", message: expect.stringContaining("ENOENT") },
    ]);
  });
});
