import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { workflow } from "../composition/workflow.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { signal } from "./signal.ts";
import { waitFor } from "./wait-for.ts";

let runs = 0;
let runId = "";
beforeEach(() => {
  runId = `run-${runs++}`;
});

describe("a signal", () => {
  it("to an unknown run says so", () => {
    expect(signal("nobody", "approval", 1)).toBe(false);
  });

  it("to a run that never waits says so", async () => {
    const answers: boolean[] = [];
    await workflow("w", () => void answers.push(signal(runId, "approval", 1))).execute(0, {
      workflowId: runId,
    });
    expect(answers).toEqual([false]);
  });

  it("to a run that has settled says so: its mailbox is gone", async () => {
    const succeeding = workflow("w", waitFor("go")).execute(0, { workflowId: runId });
    signal(runId, "go", 1);
    await succeeding;
    expect(signal(runId, "go", 2)).toBe(false);
    await virtualRuntime()
      .execute(workflow("w", waitFor("go", { timeoutMs: 1 })), 0, { workflowId: runId })
      .catch(() => undefined);
    expect(signal(runId, "go", 3)).toBe(false);
    expect(slot().mailboxes.size).toBe(0);
  });

  it("to a run that waited inside a function and has settled says so", async () => {
    const wait = waitFor<number, string>("approval");
    const run = workflow("w", async (input: number) => wait.execute(input)).execute(0, {
      workflowId: runId,
    });
    await turn();
    signal(runId, "approval", "yes");
    await run;
    expect(signal(runId, "approval", "again")).toBe(false);
    expect(slot().mailboxes.size).toBe(0);
  });

  it("goes to the newer of two runs of one id, and the older one takes nothing from it by ending", async () => {
    const older = workflow("w", waitFor("go", { timeoutMs: 5 })).execute(0, { workflowId: runId });
    const newer = workflow("w", waitFor("go")).execute(0, { workflowId: runId });
    await older.catch(() => undefined);
    expect(signal(runId, "go", "newer")).toBe(true);
    expect(await newer).toBe("newer");
  });

  it("needs a name", () => {
    expect(() => signal(runId, "", 1)).toThrow(
      new TypeError(
        'signal(runId, name): expected a non-empty string of at most 200 characters, got ""',
      ),
    );
  });

  it("is refused when a thousand of its name wait already", async () => {
    const run = workflow("w", waitFor("other")).execute(0, { workflowId: runId });
    for (let letter = 0; letter < 1_000; letter++) signal(runId, "go", letter);
    expect(() => signal(runId, "go", 1_000)).toThrow(
      new RangeError('signal "go": 1000 payloads wait already and the run takes none of them'),
    );
    signal(runId, "other", 1);
    await run;
  });
});
