import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { conditional } from "./composition/conditional.ts";
import { map } from "./composition/map.ts";
import { parallel } from "./composition/parallel.ts";
import { sequential } from "./composition/sequential.ts";
import { workflow } from "./composition/workflow.ts";
import type { ContextInit, WorkflowContext } from "./context.ts";
import { createContext, currentContext } from "./create-context.ts";
import { definePrimitive, step } from "./define.ts";
import { createRegistry, type Registry } from "./metrics/registry.ts";
import { retry } from "./recovery/retry.ts";
import { saga } from "./recovery/saga.ts";
import { timeout } from "./recovery/timeout.ts";
import { slot } from "./slot.ts";
import { virtualRuntime } from "./testing/virtual-runtime.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

const everything: ContextInit = {
  workflowId: "run-1",
  sessionId: "s",
  userId: "u",
  correlationId: "c",
  causationId: "k",
  agentId: "a-1",
  agentType: "coordinator",
  llmProvider: "openai",
  llmModelName: "gpt-x",
  llmModelTier: "fast",
  tags: { tenant: "acme" },
  data: { limit: 5 },
  state: { count: 1 },
};

const fields = (_input: unknown, context: WorkflowContext): Record<string, unknown> => ({
  workflowId: context.workflowId,
  sessionId: context.sessionId,
  userId: context.userId,
  correlationId: context.correlationId,
  causationId: context.causationId,
  agentId: context.agentId,
  agentType: context.agentType,
  llmProvider: context.llmProvider,
  llmModelName: context.llmModelName,
  llmModelTier: context.llmModelTier,
  tags: context.tags,
  data: context.data,
  state: Object.fromEntries(context.state.entries()),
});

describe("a context", () => {
  it("brings every field to every step", async () => {
    const run = workflow(
      "w",
      sequential(() => 1, parallel({ fields })),
    );
    expect(await run.execute(0, everything)).toEqual({ fields: everything });
    expect(await run.execute(0, createContext(everything))).toEqual({ fields: everything });
  });

  it("has nothing but an id where nothing was given", () => {
    const context = createContext();
    expect({ ...fields(0, context), workflowId: "" }).toEqual({
      workflowId: "",
      tags: {},
      data: {},
      state: {},
    });
    expect(context.workflowId).toBe(context.workflowId);
    expect(context.path).toBe("");
    expect(context.deadlineMs).toBeUndefined();
    expect(context.checkpoints).toEqual([]);
  });

  it("may be executed with again and again: each is a run of its own, under the same fields", async () => {
    const context = createContext({ correlationId: "c" });
    const count = workflow("w", (_input: number, { state, workflowId, correlationId }) => {
      state.set("count", ((state.get("count") as number | undefined) ?? 0) + 1);
      return [state.get("count"), workflowId, correlationId];
    });
    const runs = [await count.execute(0, context), await count.execute(0, context)];
    expect(runs).toEqual([
      [1, context.workflowId, "c"],
      [1, context.workflowId, "c"],
    ]);
  });

  it("brings its signal and its time limit to each of them", async () => {
    const controller = new AbortController();
    const context = createContext({ signal: controller.signal });
    expect(await workflow("w", () => 1).execute(0, context)).toBe(1);
    controller.abort("stop");
    await expect(workflow("w", () => 1).execute(0, context)).rejects.toBe("stop");
    const virtual = virtualRuntime();
    const slow = workflow("w", async (_input: number, inner) => inner.sleep("nap", 100));
    const limited = createContext({ timeoutMs: 50, runtime: virtual });
    await expect(virtual.run(() => slow.execute(0, limited))).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
  });

  it("shows its fields as attributes, absent and empty ones left out", async () => {
    expect(
      createContext({ workflowId: "r", userId: "", agentType: "coordinator" }).toOtelAttributes(),
    ).toEqual({
      "workflow.id": "r",
      "agent.type": "coordinator",
    });
    const attributes = await workflow("w", (_input: number, context) =>
      context.toOtelAttributes(),
    ).execute(0, everything);
    expect(attributes).toEqual({
      "workflow.id": "run-1",
      "workflow.name": "w",
      "session.id": "s",
      "user.id": "u",
      "correlation.id": "c",
      "causation.id": "k",
      "agent.id": "a-1",
      "agent.type": "coordinator",
      "llm.provider": "openai",
      "llm.model_name": "gpt-x",
      "llm.model_tier": "fast",
    });
  });
});

describe("a child context", () => {
  const below = (overrides: ContextInit) =>
    workflow("w", async (_input: number, context) => {
      const child = context.child(overrides);
      return [fields(0, child), await step("inner", fields).execute(0, child), fields(0, context)];
    });

  it("is the same place under other fields, which what is executed with it inherits", async () => {
    const [own, inner, parent] = await below({
      agentType: "validator",
      llmModelTier: "quality",
      tags: { step: "check" },
      data: { limit: 9 },
    }).execute(0, everything);
    const expected = {
      ...everything,
      agentType: "validator",
      llmModelTier: "quality",
      tags: { tenant: "acme", step: "check" },
      data: { limit: 9 },
    };
    expect([own, inner, parent]).toEqual([expected, expected, everything]);
  });

  it("keeps what the overrides leave open", async () => {
    const [own] = await below({ agentType: undefined }).execute(0, everything);
    expect(own).toEqual(everything);
  });

  it("stays in the run: the same path, state and checkpoints", async () => {
    const run = workflow("w", async (_input: number, context) => {
      const child = context.child({ agentType: "helper" });
      child.state.set("from", "child");
      child.checkpoint("seen");
      await step("inner", (_nothing: number, { path, state }) => state.set("path", path)).execute(
        0,
        child,
      );
      return [
        child.path === context.path,
        context.state.entries(),
        context.checkpoints.map(({ name }) => name),
      ];
    });
    expect(await run.execute(0)).toEqual([
      true,
      [
        ["from", "child"],
        ["path", "w/inner"],
      ],
      ["seen"],
    ]);
  });

  it("counts under its own agent", async () => {
    await below({ agentType: "validator" }).execute(0, everything);
    const counted = registry.counter("primitive.execution.count").bind({
      primitive_name: "inner",
      primitive_type: "step",
      workflow_name: "w",
      agent_type: "validator",
      status: "success",
      error_type: undefined,
    });
    expect(counted.value).toBe(1);
  });

  it("outside of a run is one more context to begin runs with", async () => {
    const controller = new AbortController();
    const context = createContext({ ...everything, workflowId: undefined });
    const child = context.child({
      agentType: "helper",
      tags: { a: "b" },
      signal: controller.signal,
    });
    expect(await workflow("w", fields).execute(0, child)).toEqual({
      ...everything,
      workflowId: context.workflowId,
      agentType: "helper",
      tags: { tenant: "acme", a: "b" },
    });
    controller.abort("stop");
    await expect(workflow("w", fields).execute(0, child)).rejects.toBe("stop");
    expect(await workflow("w", fields).execute(0, context)).toMatchObject({
      agentType: "coordinator",
    });
  });

  it("outside of a run keeps the time limit of the one it comes from", async () => {
    const virtual = virtualRuntime();
    const child = createContext({ timeoutMs: 50, runtime: virtual }).child({ agentType: "helper" });
    const slow = workflow("w", async (_input: number, context) => context.sleep("nap", 100));
    await expect(virtual.run(() => slow.execute(0, child))).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
  });

  it.each<[string, ContextInit]>([
    ["signal", { signal: new AbortController().signal }],
    ["timeoutMs", { timeoutMs: 5 }],
    ["deadlineMs", { deadlineMs: Date.now() + 5 }],
    ["workflowId", { workflowId: "other" }],
    ["state", { state: {} }],
    ["trace", { trace: {} }],
    ["runtime", { runtime: virtualRuntime() }],
    ["spans", { spans: "compact" }],
  ])("cannot have a %s of its own", async (field, overrides) => {
    await expect(below(overrides).execute(0)).rejects.toThrow(
      new TypeError(
        `context.child({ ${field} }): not for a child to change; pass it to execute() where a run begins`,
      ),
    );
  });
});

describe("a nested execution", () => {
  it("inherits what it is not given, and is part of the run", async () => {
    const inner = step("inner", fields);
    const outer = workflow("w", async () =>
      inner.execute(0, { agentType: "helper", tags: { a: "b" } }),
    );
    expect(await outer.execute(0, everything)).toEqual({
      ...everything,
      agentType: "helper",
      tags: { tenant: "acme", a: "b" },
    });
  });

  it("may have a time limit of its own, within the run's", async () => {
    const slow = step("slow", async (_input: number, context) => context.sleep("nap", 1_000));
    const outer = workflow("w", async (_input: number, { runtime }) => {
      const code = await slow
        .execute(0, { timeoutMs: 20 })
        .catch(({ code: own }: { code: string }) => own);
      return [code, runtime.elapsed()];
    });
    expect(await virtualRuntime().execute(outer, 0)).toEqual(["DEADLINE_EXCEEDED", 20]);
    const late = virtualRuntime().execute(
      workflow("w", async () => slow.execute(0, { timeoutMs: 500 })),
      0,
      { timeoutMs: 10 },
    );
    await expect(late).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });

  it("may have a signal of its own: aborting it stops that part alone", async () => {
    const controller = new AbortController();
    const hang = step("hang", async (_input: number, context) => context.sleep("nap", 60_000));
    const outer = workflow("w", async (_input: number, { signal }) => {
      const inner = hang
        .execute(0, { signal: controller.signal })
        .catch((reason: unknown) => reason);
      controller.abort("just this");
      return [await inner, signal.aborted];
    });
    expect(await outer.execute(0)).toEqual(["just this", false]);
  });

  it("with a context of its own is a run of its own", async () => {
    const context = createContext({ correlationId: "other" });
    const inner = workflow("inner", fields);
    const outer = workflow("outer", async () => inner.execute(0, context));
    expect(await outer.execute(0, everything)).toMatchObject({
      correlationId: "other",
      workflowId: context.workflowId,
      userId: undefined,
    });
  });
});

describe("currentContext", () => {
  const here = (): string | undefined => currentContext()?.path;

  it("is undefined outside of a run, before and after", async () => {
    expect(currentContext()).toBeUndefined();
    await workflow("w", here).execute(0);
    expect(currentContext()).toBeUndefined();
  });

  it("is the context that the step was given", async () => {
    const same = workflow("w", (_input: number, context) => currentContext() === context);
    expect(await same.execute(0)).toBe(true);
  });

  it("holds after awaits, in timers and in nested async functions", async () => {
    const nested = async (): Promise<string | undefined> => {
      await turn();
      return here();
    };
    const run = workflow("w", async () => {
      const seen: (string | undefined)[] = [here()];
      await Promise.resolve();
      seen.push(here(), await nested());
      seen.push(await new Promise((resolve) => setTimeout(() => resolve(here()), 1)));
      seen.push(await new Promise((resolve) => setImmediate(() => resolve(here()))));
      seen.push(await new Promise((resolve) => queueMicrotask(() => resolve(here()))));
      seen.push(...(await Promise.all([nested(), nested()])));
      return seen;
    });
    expect(new Set(await run.execute(0))).toEqual(new Set(["w"]));
  });

  it("is each step's own, however they interleave", async () => {
    const slow = (name: string) =>
      step(name, async () => {
        const seen = new Set<string | undefined>();
        for (let round = 0; round < 5; round++) {
          seen.add(here());
          await turn();
        }
        return [...seen];
      });
    const all = workflow("w", parallel({ a: slow("a"), b: slow("b"), c: sequential(slow("d")) }));
    expect(await all.execute(0)).toEqual({ a: ["w/a:a"], b: ["w/b:b"], c: ["w/c/0:d"] });
  });

  it("is there in predicates, retryIf, compensations and items", async () => {
    const seen: Record<string, unknown> = {};
    const note = (name: string) => (seen[name] = here());
    let calls = 0;
    await workflow(
      "w",
      sequential(
        conditional(
          () => note("predicate") !== undefined,
          () => note("branch"),
        ),
        retry(
          () => {
            note("attempt");
            if (calls++ === 0) throw new Error("no");
            return [1];
          },
          {
            attempts: 2,
            backoff: () => (note("backoff") === undefined ? 1 : 0),
            retryIf: () => note("retryIf") !== undefined,
          },
        ),
        map(() => note("item")),
        timeout(() => note("timeout"), { timeoutMs: 1_000 }),
        definePrimitive({ type: "own", children: { a: () => 1 }, run: () => note("own") }),
        saga(
          { name: "one", execute: () => 1, compensate: () => note("compensate") },
          { name: "two", execute: () => Promise.reject(new Error("no")) },
        ),
      ),
    )
      .execute(0)
      .catch(() => undefined);
    expect(seen).toMatchObject({
      predicate: "w/0",
      branch: "w/0/then",
      attempt: "w/1/attempt.2",
      retryIf: "w/1",
      item: "w/2/item.0",
      timeout: "w/3/body",
      own: "w/4",
      compensate: "w/5/compensate_0:compensate one",
    });
  });

  it("is what executes nested primitives below it", async () => {
    const inner = sequential(here);
    expect(
      await workflow(
        "w",
        step("outer", async () => inner.execute(0)),
      ).execute(0),
    ).toBe("w/outer/sequential/0:here");
  });

  it("goes with a function that the step hands out", async () => {
    const later = await workflow("w", async () => {
      const context = currentContext()!;
      return () => context.path;
    }).execute(0);
    expect([later(), currentContext()]).toEqual(["w", undefined]);
  });
});

describe("a run", () => {
  it("keeps its checkpoints, with the time since it began", async () => {
    const marked = workflow(
      "w",
      sequential(
        async (_input: number, context) => {
          await context.sleep("nap", 100);
          context.checkpoint("loaded");
        },
        parallel({
          a: async (_input: unknown, context) => {
            await context.sleep("nap", 50);
            context.checkpoint("branched");
          },
        }),
        (_input, { checkpoints }) => checkpoints,
      ),
    );
    expect(await virtualRuntime().execute(marked, 0)).toEqual([
      { name: "loaded", elapsedMs: 100 },
      { name: "branched", elapsedMs: 150 },
    ]);
  });

  it("takes scores into its metrics", async () => {
    await workflow("w", (_input: number, context) => {
      context.score("relevance", 0.8, { label: "good", explanation: "all there" });
      context.score("relevance", 0.4);
    }).execute(0);
    const scores = registry
      .histogram("evaluation.score")
      .bind({ score_name: "relevance", workflow_name: "w" });
    expect(scores.data()).toMatchObject({ count: 2, sum: expect.closeTo(1.2) as number });
  });
});
