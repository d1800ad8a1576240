import {
  initializeObservability,
  type Observability,
  type ObservabilityOptions,
  type Setting,
} from "@tta-dev/observability";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { optionFacts } from "../../scripts/docs/options-reference.ts";
import { allFieldsOf } from "./sources.ts";
import { codeIn, tableUnder } from "./tables.ts";

const DOCUMENT = "docs/configuration.md";

const facts = optionFacts();
const rows = [...facts].map(([option, { variables }]) => ({
  option,
  variables: variables.map((name) => name.replace("_SIGNAL_", "_TRACES_")),
}));
const variables = [...new Set(rows.flatMap((row) => row.variables))];

/** One good value for each variable. */
const SAMPLES: Readonly<Record<string, string>> = {
  OTEL_SERVICE_NAME: "desk",
  OTEL_RESOURCE_ATTRIBUTES:
    "service.name=other,service.version=1.2.3,deployment.environment.name=staging",
  ENVIRONMENT: "production",
  NODE_ENV: "production",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://localhost:4318/v1/traces",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: "key=secret",
  OTEL_EXPORTER_OTLP_HEADERS: "other=secret",
  OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.1",
  PROMETHEUS_HOST: "127.0.0.1",
  OTEL_TRACES_SAMPLER: "always_off",
  OTEL_SDK_DISABLED: "true",
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "gzip",
  OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
  OTEL_PROPAGATORS: "b3,baggage",
  LOG_LEVEL: "WARNING",
  TTA_LOG_CORRELATION: "false",
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta",
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "base2_exponential_bucket_histogram",
  TTA_SPOOL_FOLDER: "spool",
};

/** Settings that merge their sources. */
const SPECIAL = ["otlpHeaders"];

beforeEach(() => {
  // Whatever the machine sets.
  for (const name of [...variables, "OTEL_TRACES_SAMPLER_ARG"]) vi.stubEnv(name, "");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The configuration that comes of the environment alone; no port is opened unless a port is what is asked for. */
async function configured(options: ObservabilityOptions = {}): Promise<Observability["config"]> {
  const { config, shutdown } = initializeObservability({
    prometheus: { enabled: false },
    ...options,
  });
  await shutdown();
  return config;
}

function settingOf(config: Observability["config"], option: string): Setting<unknown> {
  const found = option
    .split(".")
    .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>>)[key], config);
  return found as Setting<unknown>;
}

describe("the environment variables of the options", () => {
  const ordered = rows.flatMap(({ option, variables: names }) =>
    SPECIAL.includes(option) ? [] : names.map((name, index) => ({ option, name, names, index })),
  );

  it.each(ordered)(
    "$name is read at its place for $option",
    async ({ option, name, names, index }) => {
      for (const later of names.slice(index)) vi.stubEnv(later, SAMPLES[later] ?? "7");
      expect(settingOf(await configured(), option).source).toBe(name);
    },
  );

  it("those of the collector's headers are merged", async () => {
    const row = rows.find(({ option }) => option === "otlpHeaders")!;
    for (const name of row.variables) vi.stubEnv(name, SAMPLES[name]);
    const { otlpHeaders } = await configured();
    expect(otlpHeaders.source.split(", ")).toEqual(row.variables);
    expect(otlpHeaders.value).toHaveLength(2);
  });
});

describe("docs/configuration.md", () => {
  it("has every kind of problem", () => {
    const source = readFileSync("packages/observability/src/problem.ts", "utf8");
    const union = /type ProblemCode =(.*?);/s.exec(source)?.[1] ?? "";
    const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code = ""]) => code);
    expect(codes.length).toBeGreaterThan(10);
    const told = tableUnder(DOCUMENT, "Problems").flatMap((row) => codeIn(row["code"] ?? ""));
    expect(told.toSorted()).toEqual(codes.toSorted());
  });

  it("has everything that is returned", () => {
    const fields = allFieldsOf("packages/observability/src/observability.ts", "Observability");
    const told = tableUnder(DOCUMENT, "What it returns").flatMap((row) =>
      codeIn(row["member"] ?? "").map((name) => name.replace("()", "")),
    );
    expect(told.toSorted()).toEqual(fields.map(({ name }) => name).toSorted());
  });

  it("has what a running handle has", async () => {
    const handle = initializeObservability({ prometheus: { enabled: false } });
    await handle.shutdown();
    const fields = allFieldsOf("packages/observability/src/observability.ts", "Observability");
    expect(fields.map(({ name }) => name).toSorted()).toEqual(Object.keys(handle).toSorted());
  });
});
