import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import type { WaitKind, WaitOutcome } from "../catalog/values.ts";
import { parallel } from "../composition/parallel.ts";
import { sequential } from "../composition/sequential.ts";
import type { StandardSchema } from "../composition/standard-schema.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { definePrimitive } from "../define.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { fallback } from "../recovery/fallback.ts";
import { timeout } from "../recovery/timeout.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { signal } from "./signal.ts";
import { waitFor } from "./wait-for.ts";

let registry: Registry;
let runs = 0;
let runId = "";
beforeEach(() => {
  registry = slot().registry = createRegistry();
  runId = `run-${runs++}`;
});

const waited = (name: string, kind: WaitKind, outcome: WaitOutcome): number =>
  registry
    .histogram("wait.duration")
    .bind({ primitive_name: name, wait_kind: kind, outcome })
    .data().count;

describe("a wait", () => {
  it("resolves with what the signal brings", async () => {
    const run = workflow("w", waitFor("approval")).execute(0, { workflowId: runId });
    await turn();
    expect(signal(runId, "approval", { approved: true })).toBe(true);
    expect(await run).toEqual({ approved: true });
    expect(waited("approval", "event", "completed")).toBe(1);
  });

  it("takes what was sent before the run came there", async () => {
    const late = workflow(
      "w",
      sequential(async (input: number) => {
        await turn();
        return input;
      }, waitFor<number, string>("approval")),
    );
    const run = late.execute(0, { workflowId: runId });
    expect(signal(runId, "approval", "early")).toBe(true);
    expect(await run).toBe("early");
  });

  it("takes any payload, also none", async () => {
    for (const payload of [undefined, null, false, 0, ""]) {
      const run = workflow("w", waitFor("go")).execute(0, { workflowId: runId });
      signal(runId, "go", payload);
      expect(await run).toBe(payload);
    }
  });

  it("of one name after another is served in the order of sending", async () => {
    const both = workflow(
      "w",
      sequential(
        waitFor<number, number>("turn"),
        async (first: number) => first,
        definePrimitive({
          type: "pair",
          run: async (first: number, context) => [first, await context.waitFor<number>("turn")],
        }),
      ),
    );
    const run = both.execute(0, { workflowId: runId });
    signal(runId, "turn", 1);
    signal(runId, "turn", 2);
    expect(await run).toEqual([1, 2]);
  });

  it("of one name at once is served first come, first served", async () => {
    const both = workflow("w", parallel({ a: waitFor("turn"), b: waitFor("turn") }));
    const run = both.execute(0, { workflowId: runId });
    await turn();
    signal(runId, "turn", "first");
    signal(runId, "turn", "second");
    expect(await run).toEqual({ a: "first", b: "second" });
  });

  it("that was given up takes no signal from the next", async () => {
    const impatient = waitFor<number, string, string>("turn", {
      timeoutMs: 10,
      onTimeout: () => "gave up",
    });
    const virtual = virtualRuntime();
    const run = virtual.execute(
      workflow("w", sequential(impatient, waitFor<string, string>("turn"))),
      0,
      { workflowId: runId },
    );
    await virtual.advance(20);
    signal(runId, "turn", "for the second");
    expect(await run).toBe("for the second");
  });

  it("is of the name it was given, whatever the others get", async () => {
    const run = workflow("w", waitFor("mine")).execute(0, { workflowId: runId });
    await turn();
    signal(runId, "other", "no");
    signal(runId, "mine", "yes");
    expect(await run).toBe("yes");
  });

  it("serves two runs apart", async () => {
    const ask = workflow("w", waitFor("approval"));
    const other = `${runId}-other`;
    const both = [ask.execute(0, { workflowId: runId }), ask.execute(0, { workflowId: other })];
    signal(other, "approval", "other");
    signal(runId, "approval", "one");
    expect(await Promise.all(both)).toEqual(["one", "other"]);
  });

  it("inside a function is reached too", async () => {
    const wait = waitFor<number, string>("approval");
    const run = workflow("w", async (input: number) => wait.execute(input)).execute(0, {
      workflowId: runId,
    });
    await turn();
    expect(signal(runId, "approval", "yes")).toBe(true);
    expect(await run).toBe("yes");
  });
});

describe("a wait that nobody answers", () => {
  it("rejects after its time, with that time", async () => {
    const virtual = virtualRuntime();
    const ask = workflow("w", waitFor("approval", { timeoutMs: 86_400_000, kind: "approval" }));
    const began = virtual.nowMs;
    await expect(virtual.execute(ask, 0)).rejects.toMatchObject({
      name: "WaitTimeoutError",
      code: "WAIT_TIMEOUT",
      timeoutMs: 86_400_000,
      message: 'nobody answered "approval" within 86400000 ms',
    });
    expect(virtual.nowMs - began).toBe(86_400_000);
    expect(waited("approval", "approval", "timeout")).toBe(1);
  });

  it("runs onTimeout on its input instead", async () => {
    const ask = waitFor<number, string, string>("approval", {
      timeoutMs: 1_000,
      onTimeout: async (input) => `no answer to ${input}`,
    });
    expect(await virtualRuntime().execute(workflow("w", ask), 7)).toBe("no answer to 7");
  });

  it("does not take an error of onTimeout for one more timeout", async () => {
    const ask = waitFor("approval", {
      timeoutMs: 1_000,
      onTimeout: () => Promise.reject(new Error("mine")),
    });
    await expect(virtualRuntime().execute(workflow("w", ask), 0)).rejects.toThrow("mine");
  });

  it("may be served by a fallback", async () => {
    const ask = fallback(waitFor("approval", { timeoutMs: 1_000 }), [() => "default"]);
    expect(await virtualRuntime().execute(workflow("w", ask), 0)).toBe("default");
  });
});

describe("the answer's schema", () => {
  const approved: StandardSchema<unknown, { readonly approved: boolean }> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) =>
        typeof value === "boolean"
          ? { value: { approved: value } }
          : { issues: [{ message: "expected a boolean" }] },
    },
  };

  it("makes what the wait resolves with", async () => {
    const run = workflow("w", waitFor("approval", { schema: approved })).execute(0, {
      workflowId: runId,
    });
    signal(runId, "approval", true);
    expect(await run).toEqual({ approved: true });
  });

  it("is not the business of onTimeout", async () => {
    const ask = waitFor("approval", {
      schema: approved,
      timeoutMs: 60_000,
      onTimeout: () => "late",
    });
    const run = workflow("w", ask).execute(0, { workflowId: runId });
    signal(runId, "approval", "yes");
    await expect(run).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("refuses a wrong answer", async () => {
    const run = workflow("w", waitFor("approval", { schema: approved })).execute(0, {
      workflowId: runId,
    });
    signal(runId, "approval", "yes");
    await expect(run).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: 'the input of signal "approval" was refused: expected a boolean',
    });
  });
});

describe("while a run waits for a person", () => {
  it("its deadline stands still, and goes on afterwards", async () => {
    const virtual = virtualRuntime();
    const left: unknown[] = [];
    const steps = workflow(
      "w",
      sequential(
        async (input: number, context: WorkflowContext) => {
          await context.sleep("work", 600);
          return input;
        },
        waitFor<number, string>("approval"),
        async (answer, context: WorkflowContext) => {
          left.push(context.deadlineMs! - virtual.nowMs);
          await context.sleep("work", 600);
          return answer;
        },
      ),
    );
    const began = virtual.nowMs;
    const run = virtual.execute(steps, 0, { workflowId: runId, timeoutMs: 1_000 });
    const failed = run.catch((error: unknown) => error);
    await virtual.advance(50_000);
    signal(runId, "approval", "yes");
    expect(await failed).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(left).toEqual([400]);
    expect(virtual.nowMs - began).toBe(50_400);
  });

  it("a branch beside it has no deadline either", async () => {
    const virtual = virtualRuntime();
    const seen: unknown[] = [];
    const steps = workflow(
      "w",
      parallel({
        ask: waitFor("approval"),
        work: async (_input: number, context) => {
          seen.push(context.deadlineMs);
          await context.sleep("work", 5_000);
        },
      }),
    );
    const run = virtual.execute(steps, 0, { workflowId: runId, timeoutMs: 1_000 });
    await virtual.advance(6_000);
    signal(runId, "approval", "yes");
    await run;
    expect(seen).toEqual([undefined]);
  });

  it("a timeout around the wait goes on", async () => {
    const ask = workflow("w", timeout(waitFor("approval"), { timeoutMs: 1_000 }));
    await expect(virtualRuntime().execute(ask, 0)).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("its deadline stands still for an answer that has come already", async () => {
    const virtual = virtualRuntime();
    const steps = workflow(
      "w",
      sequential(
        async (input: number, context: WorkflowContext) => {
          await context.sleep("work", 100);
          return input;
        },
        waitFor<number, string>("approval"),
        (_answer, { deadlineMs }: WorkflowContext) => deadlineMs! - virtual.nowMs,
      ),
    );
    const run = virtual.execute(steps, 0, { workflowId: runId, timeoutMs: 1_000 });
    signal(runId, "approval", "early");
    expect(await run).toBe(900);
  });

  it("the caller's abort rejects at once, with its reason", async () => {
    const controller = new AbortController();
    const run = workflow("w", waitFor("approval")).execute(0, {
      workflowId: runId,
      signal: controller.signal,
      timeoutMs: 60_000,
    });
    await turn();
    controller.abort("stop");
    await expect(run).rejects.toBe("stop");
    expect(waited("approval", "event", "cancelled")).toBe(1);
    expect(signal(runId, "approval", "late")).toBe(false);
  });

  it("that was stopped already does not wait", async () => {
    const controller = new AbortController();
    const run = workflow(
      "w",
      definePrimitive({
        type: "stubborn",
        run: async (_input: number, context) => {
          controller.abort("stop");
          return context.waitFor("approval");
        },
      }),
    ).execute(0, { signal: controller.signal });
    await expect(run).rejects.toBe("stop");
  });
});

describe("a wrong wait", () => {
  it.each<[string, unknown, unknown, Error]>([
    [
      "name",
      "",
      {},
      new TypeError('waitFor(name): expected a non-empty string of at most 200 characters, got ""'),
    ],
    [
      "options",
      "a",
      null,
      new TypeError("waitFor(name, options): expected an options object, got null"),
    ],
    [
      "timeout",
      "a",
      { timeoutMs: 0 },
      new RangeError("waitFor({ timeoutMs }): expected a finite number above 0, got 0"),
    ],
    [
      "kind",
      "a",
      { kind: "delay" },
      new RangeError('waitFor({ kind }): expected one of "event", "approval", got "delay"'),
    ],
    [
      "onTimeout",
      "a",
      { onTimeout: 5 },
      new TypeError("waitFor({ onTimeout }): expected a primitive or a function, got number"),
    ],
    [
      "schema",
      "a",
      { schema: {} },
      new TypeError("waitFor({ schema }): expected a Standard Schema, got a value of type object"),
    ],
  ])("is refused for its %s", (_what, name, options, error) => {
    expect(() => waitFor(name as string, options as never)).toThrow(error);
  });

  it("has as data what it waits for", () => {
    expect(waitFor("approval", { timeoutMs: 5, onTimeout: () => 1 }).describe()).toMatchObject({
      type: "wait",
      name: "approval",
      options: { kind: "event", waitsFor: "approval", timeoutMs: 5 },
      children: [{ key: "on_timeout" }],
    });
  });
});
