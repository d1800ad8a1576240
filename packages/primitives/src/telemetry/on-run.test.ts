import { afterEach, describe, expect, it } from "vitest";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import { llm } from "../llm/llm.ts";
import { signal } from "../waiting/signal.ts";
import { waitFor } from "../waiting/wait-for.ts";
import { delay } from "../waiting/delay.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { onRun } from "./on-run.ts";
import type { EndedRun, RunScore } from "./run-listener.ts";

afterEach(() => slot().runListeners.clear());

function listen(): { readonly runs: EndedRun[]; readonly scores: RunScore[]; stop: () => void } {
  const runs: EndedRun[] = [];
  const scores: RunScore[] = [];
  const stop = onRun({ ended: (run) => runs.push(run), scored: (score) => scores.push(score) });
  return { runs, scores, stop };
}

describe("a listener of runs", () => {
  it("is told of a run that succeeded, with its time", async () => {
    const { runs } = listen();
    const virtual = virtualRuntime();
    await virtual.execute(workflow("answer", sequential(delay(1500))), 0, {
      workflowId: "r",
      correlationId: "c",
      agentType: "coordinator",
    });
    expect(runs).toEqual([
      {
        workflowName: "answer",
        workflowId: "r",
        primitiveName: "answer",
        isRoot: true,
        status: "success",
        endedAtMs: virtual.nowMs,
        durationSeconds: 1.5,
        pausedSeconds: 0,
        costNanoUsd: 0,
        tokens: 0,
        correlationId: "c",
        agentType: "coordinator",
      },
    ]);
  });

  it("is told of a failure and of what failed, also where no workflow is around it", async () => {
    const { runs } = listen();
    const failing = sequential(async () => {
      throw Object.assign(new Error("no"), { code: "EBUSY" });
    }).named("lone");
    await failing.execute(0).catch(() => undefined);
    expect(runs).toMatchObject([{ primitiveName: "lone", status: "error", errorType: "EBUSY" }]);
    expect(runs[0]).not.toHaveProperty("workflowName");
  });

  it("is told of a workflow inside a run, with its own part of time and tokens", async () => {
    const { runs } = listen();
    const model = llm({
      provider: "openai",
      model: "m",
      call: async () => ({ usage: { prompt_tokens: 3, completion_tokens: 4 } }),
    });
    const inner = workflow("inner", sequential(model, delay(10)));
    await virtualRuntime().execute(workflow("outer", sequential(model, delay(90), inner)), 0);
    expect(
      runs.map(({ workflowName, isRoot, durationSeconds, tokens }) => ({
        workflowName,
        isRoot,
        durationSeconds,
        tokens,
      })),
    ).toEqual([
      { workflowName: "inner", isRoot: false, durationSeconds: 0.01, tokens: 7 },
      { workflowName: "outer", isRoot: true, durationSeconds: 0.1, tokens: 14 },
    ]);
  });

  it("is told which part of the time was a person's", async () => {
    const { runs } = listen();
    const virtual = virtualRuntime();
    const asked = workflow("ask", sequential(delay(1000), waitFor("answer")));
    const run = virtual.execute(asked, 0, { workflowId: "asked" });
    await virtual.advance(61_000);
    signal("asked", "answer", 1);
    await run;
    expect(runs[0]).toMatchObject({ durationSeconds: 61, pausedSeconds: 60 });
  });

  it("is told of scores", async () => {
    const { scores } = listen();
    const judged = workflow("judged", (_input: number, context) => {
      context.score("helpfulness", 0.9, { label: "good" });
    });
    await virtualRuntime().execute(judged, 0, { workflowId: "r" });
    expect(scores).toMatchObject([
      { name: "helpfulness", value: 0.9, label: "good", workflowName: "judged", workflowId: "r" },
    ]);
  });

  it("disturbs nobody when it throws, and hears nothing once it is ended", async () => {
    const { runs, stop } = listen();
    onRun({
      ended: () => {
        throw new Error("a broken listener");
      },
    });
    const fine = workflow("fine", () => 1);
    expect(await fine.execute(0)).toBe(1);
    stop();
    expect(await fine.execute(0)).toBe(1);
    expect(runs).toHaveLength(1);
  });

  it("is refused where it is none", () => {
    expect(() => onRun("loud" as never)).toThrow("onRun(listener)");
    expect(() => onRun({ ended: 1 } as never)).toThrow(
      "onRun({ ended }): expected a function, got 1",
    );
  });
});
