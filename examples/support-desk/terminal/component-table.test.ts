import { expect, test } from "vitest";
import { renderComponents } from "./component-table.ts";
import { displayWidth } from "./display-width.ts";
import { sampleSummary } from "./sample-summary.ts";

const { components } = sampleSummary;

test("a component is held against the stage it falls short of, else against the next", () => {
  const rows = renderComponents(components, { width: 80 }).split("\n").slice(2, -1);
  expect(rows.map((row) => row.split(/ {2,}/).slice(0, 3))).toEqual([
    ["coordinator", "staging", "production"],
    ["executor", "staging", "staging"],
    ["hand-off", "development", "staging"],
    ["validator", "production", "production"],
  ]);
});

test("even with every gate missing a row fits 80 columns", () => {
  const [first] = components;
  const gates = (
    ["coverage", "slo_compliance", "error_rate", "executions", "days_observed", "docs"] as const
  ).map((gate) => ({ ...first!.next!.gates[0]!, gate, status: "no_data" as const }));
  const worst = {
    ...first!,
    stage: "development" as const,
    next: { ...first!.next!, gates, met: false },
  };
  for (const line of renderComponents([worst], { width: 80 }).split("\n"))
    expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

test("what is missing is painted only where colours are wanted", () => {
  const painted = renderComponents(components, {
    width: 80,
    paint: (style, text) => `<${style}>${text}`,
  });
  expect(painted).toContain("<red>staging");
  expect(painted).toContain("<green>");
});
