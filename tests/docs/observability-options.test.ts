import { expect, it } from "vitest";
import { fieldsOf } from "./sources.ts";
import { codeIn, tableUnder } from "./tables.ts";

const SOURCES = "packages/observability/src";
const SAMPLING = "sampling/sampling-options.ts";

it.each([
  ["sampling", "Options of sampling.tail", SAMPLING, "TailSamplingOptions"],
  ["sampling", "Options of slow", SAMPLING, "SlowTraceOptions"],
  ["sampling", "Options of costly", SAMPLING, "CostlyTraceOptions"],
  ["sampling", "Options of sampling.adaptive", SAMPLING, "AdaptiveSamplingOptions"],
  ["anomalies", "Options", "anomaly/anomaly.ts", "AnomalyOptions"],
  ["slo", "Restarts", "slo/start-slos.ts", "SloTrackingOptions"],
])("docs/%s.md, %s has every option of %s %s, with its default", (page, heading, path, name) => {
  const rows = tableUnder(`docs/${page}.md`, heading);
  const told = rows.map((row) => ({
    name: codeIn(row["option"] ?? "")[0],
    default: valueOf((row["default"] ?? "").replace(/^(see below|none|all of them)$/, "")),
  }));
  const declared = fieldsOf(`${SOURCES}/${path}`, name).map((field) => ({
    name: field.name,
    default: valueOf(field.default ?? ""),
  }));
  expect(told).toEqual(declared);
});

/** The value that a default begins with; empty where it is told in words. */
function valueOf(text: string): string {
  const [value = ""] =
    /^(?:[\d_,.]+\d|\d|"[^"]*"|true\b|false\b|\{[^}]*\})/.exec(text.replaceAll("`", "")) ?? [];
  return /^\d/.test(value) ? value.replaceAll(/[_,]/g, "") : value;
}
