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
