import { expect, it } from "vitest";
import { fieldsOf } from "./sources.ts";
import { codeIn, tableUnder } from "./tables.ts";

const OPTIONS = "packages/observability/src/sampling/sampling-options.ts";

it.each([
  ["Options of sampling.tail", "TailSamplingOptions"],
  ["Options of slow", "SlowTraceOptions"],
  ["Options of costly", "CostlyTraceOptions"],
  ["Options of sampling.adaptive", "AdaptiveSamplingOptions"],
])("docs/sampling.md, %s has every option of %s, with its default", (heading, name) => {
  const told = tableUnder("docs/sampling.md", heading).map((row) => ({
    name: codeIn(row["option"] ?? "")[0],
    default: codeIn(row["default"] ?? "")[0],
  }));
  const declared = fieldsOf(OPTIONS, name).map((field) => ({
    name: field.name,
    default: field.default,
  }));
  expect(told).toEqual(declared);
});
