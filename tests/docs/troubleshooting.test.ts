import { context } from "@opentelemetry/api";
import { captureConsole, logMixin } from "@tta-dev/observability";
import { workflow } from "@tta-dev/primitives";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../packages/cli/src/doctor/finding.ts";
import { main } from "../../packages/cli/src/main.ts";
import { lineOf, lineOfHandedOver, missingIds } from "./missing-ids.fixture.ts";
import { missingMetrics } from "./missing-metrics.fixture.ts";
import { missingSpans } from "./missing-spans.fixture.ts";
import { createStage } from "./stage.fixture.ts";
import { clearEnvironment, clearRegistrations } from "./symptoms.fixture.ts";
import { codeIn, tableUnder, type Row } from "./tables.ts";

const DOCUMENT = "docs/troubleshooting.md";
const stage = createStage();

beforeEach(clearEnvironment);
afterEach(async () => {
  clearRegistrations();
  await stage.clear();
});

describe.each([
  ["Spans are not exported", missingSpans(stage)],
  ["Metrics do not appear", missingMetrics(stage)],
  ["Correlation ids are missing", missingIds(stage)],
])("docs/troubleshooting.md, %s", (heading, causes) => {
  const rows = tableUnder(DOCUMENT, heading);

  it("has a step for each cause that is made to happen here, and no other", () => {
    expect(rows.map(causeOf)).toEqual(Object.keys(causes));
  });

  it.each(rows.map((row) => [causeOf(row), row] as const))(
    "where %s, shows what the page says",
    async (cause, row) => {
      const seen = (await causes[cause]!()).join("\n");
      const claims = (row["shows as"] ?? "").replaceAll("`", "").split("; ");
      for (const claim of claims)
        for (const part of claim.split(" … ")) expect(seen).toContain(part);
    },
  );
});

describe("what docs/troubleshooting.md has done about missing correlation ids", () => {
  it("is that a worker's line has them where the job is bound to its context", async () => {
    const seen = await lineOfHandedOver(stage.later, (job) => context.bind(context.active(), job));
    expect(seen).toContain("trace_id is there");
    expect(seen).toContain("workflow_name is there");
  });

  it("is that the console has them where it is captured, and others where they ask for them", async () => {
    const told = workflow("told", () => {
      const release = captureConsole();
      // oxlint-disable-next-line no-console -- what a program prints is what this is about
      console.info("printed");
      release();
      process.stdout.write(`${JSON.stringify({ ...logMixin(), event: "mixed" })}\n`);
    });
    const seen = await lineOf({}, () => told.execute(undefined, { correlationId: "req-1" }));
    expect(seen.filter((one) => one.endsWith("is there"))).toHaveLength(8);
  });
});

describe("docs/cli.md, tta doctor", () => {
  it("has a row for each check", async () => {
    const out: string[] = [];
    const print = (text: string): void => void out.push(text);
    const args = ["doctor", "--json", "--otlp", await stage.sink("ok")];
    await main(args, { terminal: { print, complain: print } });
    const findings = JSON.parse(out.join("")) as readonly Finding[];
    const told = tableUnder("docs/cli.md", "tta doctor").flatMap((row) =>
      codeIn(row["line"] ?? ""),
    );
    expect(told).toEqual([...new Set(findings.map(({ check }) => check))]);
  });
});

function causeOf(row: Row): string {
  return row["cause"] ?? "";
}
