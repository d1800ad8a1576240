import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { documentedOptions, optionFacts } from "../../scripts/docs/options-reference.ts";
import { generated } from "../../scripts/docs/generated.ts";
import { readRegion } from "../../scripts/docs/region.ts";

describe("what is made from code", () => {
  it.each(generated())("is up to date in $page: $region (npm run docs:write)", (one) => {
    const { page, region, text } = one;
    expect(cellsOf(readRegion(readFileSync(page, "utf8"), region))).toEqual(cellsOf(text));
  });

  it("has for every option the default that its doc comment tells", () => {
    const facts = optionFacts();
    const told = documentedOptions().flatMap((option) => {
      const fallback = facts.get(option.name)?.fallback;
      return fallback === undefined ? [] : [{ ...option, wanted: toldAs(option.name, fallback) }];
    });
    expect(told.filter((option) => option.default !== option.wanted)).toEqual([]);
  });

  it("has an option for every definition", () => {
    const names = new Set(documentedOptions().map(({ name }) => name));
    expect([...optionFacts().keys()].filter((name) => !names.has(name))).toEqual([]);
  });
});

/** The service's name and the batch size say more than the bare value. */
function toldAs(name: string, fallback: unknown): string {
  const text = Array.isArray(fallback)
    ? `[${fallback.map((item) => JSON.stringify(item)).join(", ")}]`
    : JSON.stringify(fallback);
  const more: Readonly<Record<string, string>> = {
    serviceName: ", and a problem that says so",
    maxExportBatchSize: ", or `maxQueueSize` where that is smaller",
  };
  return text + (more[name] ?? "");
}

/** The cells of the tables, whatever the width of their columns. */
function cellsOf(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => !/^\|[ |:-]+\|$/.test(line))
    .map((line) => line.replaceAll(/ +/g, " ").trim());
}
