import { describe, expect, test } from "vitest";
import type { ProblemReport } from "../problem.ts";
import type { CollectorConfig } from "./collector.ts";
import { resolveCollector } from "./collector.ts";
import type { ObservabilityOptions } from "./options.ts";
import type { Environment } from "./setting.ts";
import { variableReader } from "./setting.ts";

function resolve(
  options: ObservabilityOptions,
  environment: Environment = {},
): CollectorConfig & { readonly reports: readonly ProblemReport[] } {
  const reports: ProblemReport[] = [];
  const report = (problem: ProblemReport): void => void reports.push(problem);
  return { ...resolveCollector(options, variableReader(environment, report), report), reports };
}

describe("the collector's address", () => {
  test.each([
    ["http://localhost:4318", "http://localhost:4318/v1/traces"],
    ["http://localhost:4318/", "http://localhost:4318/v1/traces"],
    ["https://otlp.example.com/api/otlp", "https://otlp.example.com/api/otlp/v1/traces"],
    ["https://otlp.example.com/v1/traces", "https://otlp.example.com/v1/traces"],
    ["https://otlp.example.com/?region=eu", "https://otlp.example.com/v1/traces?region=eu"],
  ])("the base %s leads to %s", (base, url) => {
    expect(resolve({ otlpEndpoint: base }).collector?.url).toBe(url);
    expect(resolve({}, { OTEL_EXPORTER_OTLP_ENDPOINT: base }).collector?.url).toBe(url);
  });

  test("the variable for traces is used as it is and wins over the general one", () => {
    const { collector, endpoint } = resolve(
      {},
      {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:4318/in",
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://all:4318",
      },
    );
    expect(collector?.url).toBe("http://traces:4318/in");
    expect(endpoint).toEqual({
      value: "http://traces:4318/in",
      source: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    });
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

  test("the port of gRPC is reported", () => {
    expect(resolve({ otlpEndpoint: "http://localhost:4317" }).reports).toMatchObject([
      { code: "protocol_unsupported", message: expect.stringContaining("4318") },
    ]);
  });

  test("another protocol is reported", () => {
    const { reports } = resolve(
      { otlpEndpoint: "http://localhost:4318" },
      { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    );
    expect(reports).toMatchObject([
      { code: "protocol_unsupported", subject: "OTEL_EXPORTER_OTLP_PROTOCOL" },
    ]);
  });
});

describe("secrets", () => {
  const secret = "s3cr3t";

  test("are used but not shown", () => {
    const { collector, ...shown } = resolve(
      {
        otlpEndpoint: `http://user:${secret}@collector:4318/?key=${secret}`,
        otlpHeaders: { authorization: `Bearer ${secret}` },
      },
      { OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${secret},${secret}` },
    );
    expect(collector).toEqual({
      url: `http://user:${secret}@collector:4318/v1/traces?key=${secret}`,
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shown.endpoint.value).toBe("http://***@collector:4318/v1/traces?***");
    expect(shown.headerNames).toEqual({
      value: ["authorization", "x-api-key"],
      source: "option, OTEL_EXPORTER_OTLP_HEADERS",
    });
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
