import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toMermaid } from "@tta-dev/primitives";
import type { WorkflowGraph } from "@tta-dev/primitives";
import { expect, test } from "vitest";
import { config } from "./tta.config.ts";

function workflowsIn({ type, name, children }: WorkflowGraph): readonly string[] {
  const below = children.flatMap(({ graph }) => workflowsIn(graph));
  return type === "workflow" ? [name, ...below] : below;
}

test("the project's configuration has the desk with its agents, and needs no server for it", () => {
  expect(config.workflows.map((desk) => workflowsIn(desk.describe()))).toEqual([
    ["answer-ticket", "retriever", "executor", "validator", "hand-off"],
  ]);
});

test("the README's drawing is of the desk as it is", () => {
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  const drawings = config.workflows.map((desk) => toMermaid(desk.describe()).trimEnd());
  for (const drawing of drawings) expect(readme).toContain(`\n${drawing}\n`);
});
