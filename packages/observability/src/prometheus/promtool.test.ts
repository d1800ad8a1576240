import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metricDescriptors } from "@tta-dev/primitives/catalog";
import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { formatExposition } from "./exposition.ts";
import { fullRegistry } from "./full-registry.fixture.ts";
import { oddPage, oddParts } from "./odd-page.fixture.ts";
import { parsePage } from "./page-parser.fixture.ts";
import { needProgram, runPromtool } from "./programs.fixture.ts";

const RULES = "packages/observability/prometheus/compat.rules.yml";
const GUIDE = "docs/prometheus.md";

describe("promtool", () => {
  test("finds nothing to say about the page with every metric of the catalogue", async (context) => {
    needProgram(context, "promtool");
    const page = formatExposition(fullRegistry().snapshot(), { "service.name": "desk" });
    const names = [...parsePage(page, "text").keys()];
    expect(names).toEqual([
      "target_info",
      ...[...metricDescriptors.values()].map(({ prometheusName }) => prometheusName),
    ]);
    expect(await runPromtool(["check", "metrics"], page)).toEqual({ code: 0, said: "" });
  });

  test("reads every page, whatever the names, texts and values on it", async (context) => {
    needProgram(context, "promtool");
    for (const parts of fc.sample(oddParts, { numRuns: 40, seed: 20 })) {
      const page = Buffer.from(await oddPage(parts, "text"));
      parsePage(page.toString(), "text");
      // 3 is what it says of names that it finds unusual, 1 of a page that it cannot read.
      const { code, said } = await runPromtool(["check", "metrics"], page.toString());
      expect([code, said, parts]).toEqual([
        expect.toSatisfy((exit) => exit === 0 || exit === 3),
        said,
        parts,
      ]);
    }
  });

  test("accepts the rules for earlier names, and none has a name that is on the page", async (context) => {
    needProgram(context, "promtool");
    expect(await runPromtool(["check", "rules", RULES])).toMatchObject({ code: 0 });
  });

  test("accepts the configuration in the guide", async (context) => {
    needProgram(context, "promtool");
    const folder = await mkdtemp(join(tmpdir(), "promtool-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const config = /^```yaml\n(.*?)^```$/ms.exec(readFileSync(GUIDE, "utf8"))?.[1] ?? "";
    await writeFile(join(folder, "prometheus.yml"), config);
    await writeFile(join(folder, "compat.rules.yml"), readFileSync(RULES));
    const checked = await runPromtool(["check", "config", join(folder, "prometheus.yml")]);
    expect(checked).toMatchObject({ code: 0, said: expect.stringContaining("4 rules found") });
  });
});

describe("the rules for earlier names", () => {
  interface Rules {
    readonly groups: readonly {
      readonly name: string;
      readonly rules: readonly { readonly record: string; readonly expr: string }[];
    }[];
  }
  const { groups } = parse(readFileSync(RULES, "utf8")) as Rules;
  const rules = groups.flatMap((group) => group.rules);
  const families = parsePage(formatExposition(fullRegistry().snapshot(), {}), "text");
  const exposed = new Set(
    [...families.values()].flatMap(({ samples }) => samples.map(({ name }) => name)),
  );

  test("read names that are on the page", () => {
    expect(groups.map(({ name }) => name)).toEqual(["compat"]);
    expect(rules.map(({ expr }) => expr).filter((name) => !exposed.has(name))).toEqual([]);
  });

  test("give names that are not", () => {
    expect(rules.map(({ record }) => record).filter((name) => exposed.has(name))).toEqual([]);
    expect(rules).toHaveLength(4);
  });
});
