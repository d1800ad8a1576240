import { setTimeout as sleep } from "node:timers/promises";
import { sequential, workflow } from "@tta-dev/primitives";
import { describe, expect, it } from "vitest";
import { tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();

describe("a run whose deadline passes while a step pays no attention", () => {
  it("has its root span when it rejects, and the step's when that ends", async () => {
    const tracing = start();
    const deaf = async (): Promise<void> => {
      await sleep(25);
    };
    const run = workflow("w", sequential(deaf)).execute(0, { timeoutMs: 5 });
    await expect(run).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    const [root] = tracing.finishedSpans();
    expect(root).toMatchObject({
      name: "primitive.workflow.execute",
      parentSpanId: undefined,
      attributes: { "execution.status": "timeout", "error.type": "DEADLINE_EXCEEDED" },
    });
    await sleep(40);
    expect(tracing.finishedSpans()).toHaveLength(3);
    expect(tracing.unbalancedSpans()).toEqual([]);
    const orphan = tracing
      .finishedSpans()
      .find(({ name }) => name === "primitive.sequential.step_0");
    expect(orphan?.attributes["execution.orphaned"]).toBe(true);
  });
});
