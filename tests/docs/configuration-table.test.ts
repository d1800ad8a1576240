import {
  initializeObservability,
  type Observability,
  type ObservabilityOptions,
  type Setting,
} from "@tta-dev/observability";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fieldsOf } from "./sources.ts";
import { codeIn, tableUnder } from "./tables.ts";

const DOCUMENT = "docs/configuration.md";
const OPTIONS = "packages/observability/src/config/options.ts";

const rows = tableUnder(DOCUMENT, "Options").map((row) => ({
  option: codeIn(row["option"] ?? "")[0] ?? "",
  variables: codeIn(row["environment variables, in order"] ?? ""),
  default: row["default"] ?? "",
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
};

/** Settings that merge their sources, or have no value to show. */
const SPECIAL = ["otlpHeaders", "consoleExporter", "spanProcessors"];

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

describe("the table of options in docs/configuration.md", () => {
  it("has every option and no other", () => {
    const nested = fieldsOf(OPTIONS, "PrometheusOptions").map(({ name }) => `prometheus.${name}`);
    const names = fieldsOf(OPTIONS, "ObservabilityOptions").map(({ name }) => name);
    expect(rows.map(({ option }) => option).toSorted()).toEqual(
      [...names.filter((name) => name !== "prometheus"), ...nested].toSorted(),
    );
  });

  it.each(rows.filter(({ option }) => !SPECIAL.includes(option)))(
    "has the default of $option, $default",
    async ({ option, default: told }) => {
      const options = option === "prometheus.enabled" ? { prometheus: { port: 0 } } : {};
      const { value, source } = settingOf(await configured(options), option);
      expect(source).toMatch(/^default/);
      expect(told).toBe(value === undefined ? "none" : `\`${value as string | number | boolean}\``);
    },
  );

  const ordered = rows.flatMap(({ option, variables: names }) =>
    SPECIAL.includes(option) ? [] : names.map((name, index) => ({ option, name, names, index })),
  );

  it.each(ordered)("has $name at its place for $option", async ({ option, name, names, index }) => {
    for (const later of names.slice(index)) vi.stubEnv(later, SAMPLES[later] ?? "7");
    expect(settingOf(await configured(), option).source).toBe(name);
  });

  it("has the two variables of the collector's headers, which are merged", async () => {
    const row = rows.find(({ option }) => option === "otlpHeaders")!;
    for (const name of row.variables) vi.stubEnv(name, SAMPLES[name]);
    const { otlpHeaders } = await configured();
    expect(otlpHeaders.source.split(", ")).toEqual(row.variables);
    expect(otlpHeaders.value).toHaveLength(2);
  });

  it("has every variable that the options name", () => {
    const text = readFileSync(OPTIONS, "utf8");
    const named = new Set(text.match(/\b(?:[A-Z]+_)+[A-Z]+\b/g));
    named.delete("OTEL_TRACES_SAMPLER_ARG");
    expect(variables.toSorted()).toEqual([...named, "ENVIRONMENT"].toSorted());
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
    const fields = fieldsOf("packages/observability/src/observability.ts", "Observability");
    const told = tableUnder(DOCUMENT, "What it returns").map((row) =>
      (codeIn(row["member"] ?? "")[0] ?? "").replace("()", ""),
    );
    expect(told.toSorted()).toEqual(fields.map(({ name }) => name).toSorted());
  });
});
