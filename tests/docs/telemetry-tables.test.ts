import { attributes, metricDescriptors, spanPatterns } from "@tta-dev/primitives/catalog";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sourceCode } from "./sources.ts";
import { codeIn, tablesUnder, tableUnder, type Row } from "./tables.ts";

const DOCUMENT = "docs/telemetry.md";

/** Metrics whose call names them by a variable, or that the registry keeps of itself. */
const RECORDED_OTHERWISE = [
  "gen_ai.client.inference.usage.input_tokens",
  "gen_ai.client.inference.usage.output_tokens",
  "gen_ai.client.inference.usage.cache_read.input_tokens",
  "gen_ai.client.inference.usage.cache_write.input_tokens",
  "gen_ai.client.inference.usage.reasoning.output_tokens",
  "telemetry.cardinality.overflow",
  "telemetry.series",
];

/** What the packages emit, the catalogue itself left out. */
const code = sourceCode(/\/catalog\b/);
const text = readFileSync(DOCUMENT, "utf8");

describe("the metrics that docs/telemetry.md calls declared, not recorded yet", () => {
  const declared = tableUnder(DOCUMENT, "Declared, not recorded yet").map(nameOf);
  const names = [...metricDescriptors.keys()];

  it("are in the catalogue", () => {
    expect(declared.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("are those that no package records", () => {
    const recorded = recordedNames();
    expect(recorded.length).toBeGreaterThan(50);
    expect(recorded.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => !recorded.includes(name))).toEqual(declared);
  });

  function nameOf(row: Row): string {
    return codeIn(row["metric"] ?? "")[0] ?? "";
  }
});

describe("the table of attributes in docs/telemetry.md", () => {
  const rows = tablesUnder(DOCUMENT, "Attributes")[0] ?? [];
  const set = rows.flatMap((row) => codeIn(row["attributes"] ?? ""));
  const unset = codeIn(/^Declared in the catalogue and not set yet:.*?\.$/ms.exec(text)?.[0] ?? "");

  it("has every attribute of the catalogue, as set or as declared only", () => {
    const known: readonly string[] = Object.values(attributes);
    expect(known.filter((name) => !set.includes(name) && !unset.includes(name))).toEqual([]);
  });

  it("has none that is not set, and names those", () => {
    const isSet = (name: string): boolean =>
      code.includes(`"${name}"`) || code.includes(`\`${name.replace("{", "${")}\``);
    expect(set.filter((name) => !isSet(name))).toEqual([]);
    expect(unset.length).toBeGreaterThan(0);
    expect(unset.filter(isSet)).toEqual([]);
  });

  it("has none twice", () => {
    expect(set.filter((name, index) => set.indexOf(name) !== index)).toEqual([]);
  });
});

describe("the table of spans in docs/telemetry.md", () => {
  it("is the catalogue", () => {
    const names = tableUnder(DOCUMENT, "Spans").flatMap((row) => codeIn(row["span"] ?? ""));
    expect(names.toSorted()).toEqual(Object.values<string>(spanPatterns).toSorted());
  });
});

describe("the table of log events in docs/telemetry.md", () => {
  const rows = tableUnder(DOCUMENT, "Log events");
  const names = rows.flatMap((row) => codeIn(row["event"] ?? ""));

  it("has every event that is published", () => {
    const published = [
      ...code.matchAll(/\bevent: (?:\w+ \? "(\w+\.\w+)" : )?"(\w+\.\w+)"/g),
      ...code.matchAll(/\bpublishFailure\(\w+, ()"(\w+\.\w+)"/g),
    ].flatMap(([, one = "", other = ""]) => [one, other].filter((name) => name !== ""));
    for (const [, what = ""] of code.matchAll(/\bevent: `(\w+)\.\$\{change\}`/g))
      published.push(`${what}.started`, `${what}.ended`);
    expect(new Set(published).size).toBeGreaterThan(10);
    expect([...new Set(published)].toSorted()).toEqual(names.toSorted());
  });

  it("names fields that exist", () => {
    const fields = rows.flatMap((row) => codeIn(row["fields"] ?? ""));
    expect(fields.filter((field) => !new RegExp(`\\b${field}\\b`).test(code))).toEqual([]);
  });
});

/** Metrics that are recorded: a reader of metrics names them too, so what counts is the call. */
function recordedNames(): readonly string[] {
  const calls = code.matchAll(/\.(?:counter|gauge|histogram|upDown|observe)\(\s*"([\w.]+)"/g);
  for (const name of RECORDED_OTHERWISE) expect(code).toContain(`"${name}"`);
  return [...new Set([...calls].map(([, name = ""]) => name)), ...RECORDED_OTHERWISE];
}
