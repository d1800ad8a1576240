import { beforeEach, describe, expect, it } from "vitest";
import type { LoopEnding } from "../catalog/values.ts";
import { loopEndings } from "../catalog/values.ts";
import { llm } from "../llm/llm.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { loop } from "./loop.ts";
import { workflow } from "./workflow.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

const iterations = (name: string, by: LoopEnding): number =>
  registry.counter("loop.iterations").bind({ primitive_name: name, ended_by: by }).value;

describe("a loop", () => {
  it("feeds its step its own output while the condition holds", async () => {
    const asked: number[] = [];
    const double = loop(async (value: number) => value * 2, {
      while: (value) => {
        asked.push(value);
        return value < 20;
      },
      maxIterations: 10,
    }).named("double");
    expect(await double.execute(3)).toBe(24);
    expect(asked).toEqual([3, 6, 12, 24]);
    expect(iterations("double", "condition")).toBe(3);
  });

  it("does not run at all where the condition does not hold at first", async () => {
    let ran = 0;
    const never = loop(() => ran++, { while: () => false, maxIterations: 10 });
    expect(await never.execute(7)).toBe(7);
    expect(ran).toBe(0);
  });

  it("ends after its largest number of iterations, with the last value and without asking again", async () => {
    let asked = 0;
    const bounded = loop((value: number) => value + 1, {
      while: () => ++asked > 0,
      maxIterations: 4,
    }).named("bounded");
    expect(await bounded.execute(0)).toBe(4);
    expect(asked).toBe(4);
    expect(iterations("bounded", "max_iterations")).toBe(4);
  });

  it("waits for an asynchronous condition, which is told the context", async () => {
    const seen: unknown[] = [];
    const once = loop((value: number) => value + 1, {
      while: async (value, { userId }) => {
        seen.push(userId);
        return value < 1;
      },
      maxIterations: 5,
    });
    expect(await once.execute(0, { userId: "u" })).toBe(1);
    expect(seen).toEqual(["u", "u"]);
  });

  it("gives every iteration a path of its own", async () => {
    const paths: string[] = [];
    const noting = loop(
      (value: number, { path }) => {
        paths.push(path);
        return value;
      },
      { while: () => true, maxIterations: 2 },
    );
    await noting.named("l").execute(0);
    expect(paths).toEqual(["l/iteration.0", "l/iteration.1"]);
  });

  it("rejects with what its step or its condition throws, and counts the turns before", async () => {
    const broken = loop(
      (value: number) => {
        if (value === 2) throw new Error("from the step");
        return value + 1;
      },
      { while: () => true, maxIterations: 9 },
    ).named("broken");
    await expect(broken.execute(0)).rejects.toThrow("from the step");
    expect(iterations("broken", "error")).toBe(2);
    const asked = loop((value: number) => value, {
      while: () => {
        throw new Error("from while");
      },
      maxIterations: 9,
    });
    await expect(asked.execute(0)).rejects.toThrow("from while");
  });

  it("says that a deadline ended it", async () => {
    const slow = loop(
      async (value: number, context) => {
        await context.sleep("work", 40);
        return value + 1;
      },
      { while: () => true, maxIterations: 100 },
    ).named("late");
    const run = virtualRuntime().execute(slow, 0, { timeoutMs: 100 });
    await expect(run).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(iterations("late", "deadline")).toBe(2);
  });

  it("ends when its model calls have used up its tokens", async () => {
    const think = llm({
      provider: "p",
      model: "m",
      call: async (value: number) => ({
        value: value + 1,
        usage: { prompt_tokens: 30, completion_tokens: 10 },
      }),
    });
    const refine = loop(async (value: number) => (await think.execute(value)).value, {
      while: () => true,
      maxIterations: 50,
      maxTokens: 100,
    }).named("refine");
    expect(await refine.execute(0)).toBe(3);
    expect(iterations("refine", "budget")).toBe(3);
  });

  it("counts its own tokens alone", async () => {
    const think = llm({
      provider: "p",
      model: "m",
      call: async (value: number) => ({
        value,
        usage: { prompt_tokens: 90, completion_tokens: 0 },
      }),
    });
    const once = loop(async (value: number) => (await think.execute(value)).value + 1, {
      while: () => true,
      maxIterations: 2,
      maxTokens: 100,
    });
    const twice = workflow("w", async (value: number) => once.execute(await once.execute(value)));
    expect(await twice.execute(0)).toBe(4);
  });

  it("is not kept going by usage that is no number", async () => {
    const think = llm({
      provider: "p",
      model: "m",
      call: async (value: number) => value + 1,
      usage: () => ({ inputTokens: 60, outputTokens: Number.NaN }),
    });
    const refine = loop(think, { while: () => true, maxIterations: 50, maxTokens: 100 });
    expect(await refine.execute(0)).toBe(2);
  });

  it("with no money left does not begin", async () => {
    const paid = loop((value: number) => value + 1, {
      while: () => true,
      maxIterations: 5,
      maxCostUsd: 0,
    }).named("paid");
    expect(await paid.execute(0)).toBe(0);
    expect(iterations("paid", "budget")).toBe(0);
  });

  it("has a series for every way to end, from the moment the workflow is built", () => {
    workflow(
      "w",
      loop((value: number) => value, { while: () => true, maxIterations: 1 }).named("unborn"),
    );
    const metric = registry.snapshot().metrics.find(({ name }) => name === "loop.iterations");
    expect(metric?.series.map(({ labelValues }) => labelValues)).toEqual(
      loopEndings.map((ending) => ["unborn", ending]),
    );
  });

  it("has its bounds as data", () => {
    const options = { while: () => true, maxIterations: 3 };
    const step = (value: number): number => value;
    expect(loop(step, options).describe().options).toEqual({ maxIterations: 3 });
    expect(loop(step, { ...options, maxCostUsd: 2, maxTokens: 9 }).describe().options).toEqual({
      maxIterations: 3,
      maxCostUsd: 2,
      maxTokens: 9,
    });
  });
});
