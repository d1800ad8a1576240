import * as fc from "fast-check";
import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { observe, step } from "../define.ts";
import type { Primitive } from "../primitive.ts";
import { retryBudget } from "../recovery/retry-budget.ts";
import { retry } from "../recovery/retry.ts";
import { saga } from "../recovery/saga.ts";
import { slot } from "../slot.ts";
import { virtualRuntime, type VirtualRuntime } from "../testing/virtual-runtime.ts";
import { hedge, type HedgeOptions } from "./hedge.ts";

let names = 0;

/** How the attempts of one call go, in the order in which they start. */
interface Plan {
  readonly takesMs: number;
  readonly error?: string;
}

interface Scripted {
  readonly primitive: Primitive<readonly Plan[], number>;
  /** When attempts started, and what they were stopped with. */
  readonly startsMs: number[];
  readonly stopped: unknown[];
}

function scripted(): Scripted {
  const startsMs: number[] = [];
  const stopped: unknown[] = [];
  const run = async (plans: readonly Plan[], context: WorkflowContext): Promise<number> => {
    const attempt = startsMs.push(context.runtime.elapsed()) - 1;
    const { takesMs, error } = plans[attempt]!;
    try {
      await context.sleep("work", takesMs);
    } catch (reason) {
      stopped.push(reason);
      throw reason;
    }
    if (error !== undefined) throw new Error(error);
    return attempt;
  };
  const primitive = step(`scripted-${names++}`, run, { idempotent: true });
  return { primitive, startsMs, stopped };
}

/** What comes of one call, when, and when its attempts started. */
async function play(
  plans: readonly Plan[],
  options: HedgeOptions,
): Promise<
  {
    result: unknown;
    tookMs: number;
    startsMs: readonly number[];
    runtime: VirtualRuntime;
  } & Scripted
> {
  const script = scripted();
  const runtime = virtualRuntime();
  const began = runtime.nowMs;
  const hedged = hedge(script.primitive, options);
  const result = await runtime.execute(hedged, plans).catch((error: Error) => error.message);
  return { ...script, result, runtime, tookMs: runtime.nowMs - began };
}

function attempts(name: string): Record<string, number> {
  const of = slot().registry.counter("hedge.attempts");
  return Object.fromEntries(
    (["won", "lost", "failed", "over_budget"] as const).map((outcome) => [
      outcome,
      of.bind({ primitive_name: name, outcome }).value,
    ]),
  );
}

describe("a hedge", () => {
  it("starts one attempt where the result comes in time", async () => {
    const seen = await play([{ takesMs: 99 }], { delayMs: 100 });
    expect(seen).toMatchObject({ result: 0, tookMs: 99, startsMs: [0] });
    expect(attempts(seen.primitive.name)).toEqual({ won: 1, lost: 0, failed: 0, over_budget: 0 });
    expect(seen.runtime.pendingTimers).toBe(0);
  });

  it("starts another after the delay, takes the first result and stops the loser", async () => {
    const seen = await play([{ takesMs: 500 }, { takesMs: 50 }], { delayMs: 100 });
    expect(seen).toMatchObject({ result: 1, tookMs: 150, startsMs: [0, 100] });
    expect(seen.stopped).toEqual([expect.objectContaining({ code: "CANCELLED" })]);
    expect(attempts(seen.primitive.name)).toEqual({ won: 1, lost: 1, failed: 0, over_budget: 0 });
    expect(seen.runtime.pendingTimers).toBe(0);
  });

  it("takes the first attempt's result where that is first after all", async () => {
    const seen = await play([{ takesMs: 120 }, { takesMs: 50 }], { delayMs: 100 });
    expect(seen).toMatchObject({ result: 0, tookMs: 120, startsMs: [0, 100] });
  });

  it("starts at most one more by default, and as many as it is told", async () => {
    const slow = Array.from({ length: 5 }, () => ({ takesMs: 1_000 }));
    expect((await play(slow, { delayMs: 100 })).startsMs).toEqual([0, 100]);
    expect((await play(slow, { delayMs: 100, maxHedges: 3 })).startsMs).toEqual([0, 100, 200, 300]);
  });

  it("starts the next attempt at once when one fails, and counts the delay from there", async () => {
    const plans = [{ takesMs: 30, error: "first" }, { takesMs: 500 }, { takesMs: 10 }];
    const seen = await play(plans, { delayMs: 100, maxHedges: 2 });
    expect(seen).toMatchObject({ result: 2, tookMs: 140, startsMs: [0, 30, 130] });
    expect(attempts(seen.primitive.name)).toEqual({ won: 1, lost: 1, failed: 1, over_budget: 0 });
  });

  it("rejects with the first attempt's error when all fail", async () => {
    const plans = [
      { takesMs: 300, error: "first" },
      { takesMs: 20, error: "second" },
      { takesMs: 20, error: "third" },
    ];
    const seen = await play(plans, { delayMs: 100, maxHedges: 2 });
    expect(seen).toMatchObject({ result: "first", tookMs: 300, startsMs: [0, 100, 120] });
    expect(attempts(seen.primitive.name)).toEqual({ won: 0, lost: 0, failed: 3, over_budget: 0 });
  });

  it("starts all attempts at once without a delay", async () => {
    const seen = await play([{ takesMs: 9 }, { takesMs: 5 }, { takesMs: 7 }], {
      delayMs: 0,
      maxHedges: 2,
    });
    expect(seen).toMatchObject({ result: 1, tookMs: 5, startsMs: [0, 0, 0] });
  });

  it("stops everything on the caller's abort and starts nothing more", async () => {
    const { primitive, startsMs, stopped } = scripted();
    const runtime = virtualRuntime();
    const controller = new AbortController();
    const { signal } = controller;
    const slow = [{ takesMs: 1_000 }, { takesMs: 1_000 }];
    const run = hedge(primitive, { delayMs: 100 }).execute(slow, { runtime, signal });
    const settled = run.catch((error: unknown) => error);
    await runtime.advance(50);
    controller.abort("stop");
    expect(await settled).toBe("stop");
    await runtime.advance(1_000);
    expect([startsMs, stopped]).toEqual([[0], ["stop"]]);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(runtime.pendingTimers).toBe(0);
  });

  it("leaves a loser behind that does not stop within its grace", async () => {
    const runtime = virtualRuntime();
    const started: number[] = [];
    const deaf = step(
      `deaf-${names++}`,
      (_input: number, { runtime: { elapsed } }: WorkflowContext): Promise<string> =>
        started.push(0) === 1 ? new Promise(() => void elapsed) : Promise.resolve("quick"),
      { idempotent: true },
    );
    const began = runtime.nowMs;
    const hedged = hedge(deaf, { delayMs: 100, graceMs: 20 });
    expect(await runtime.execute(hedged, 0)).toBe("quick");
    expect(runtime.nowMs - began).toBe(120);
    const orphaned = slot().registry.counter("execution.orphaned");
    expect(orphaned.bind({ primitive_name: deaf.name }).value).toBe(1);
    expect(attempts(deaf.name)).toMatchObject({ won: 1, lost: 1 });
  });

  it("keeps what the winner wrote into state, and nothing of a loser that ended in the same turn", async () => {
    let started = 0;
    const gate = Promise.withResolvers<void>();
    const write = step(
      `write-${names++}`,
      async (_input: number, { state }: WorkflowContext) => {
        const attempt = started++;
        if (attempt === 1) gate.resolve();
        await gate.promise;
        state.set("by", attempt);
        return attempt;
      },
      { idempotent: true },
    );
    const read = (winner: number, { state }: WorkflowContext): unknown[] => [
      winner,
      state.get("by"),
    ];
    const both = sequential(hedge(write, { delayMs: 10 }), read);
    expect(await virtualRuntime().execute(both, 0)).toEqual([0, 0]);
    expect(attempts(write.name)).toMatchObject({ won: 1, lost: 1 });
  });

  it("is named after its step, shows its options and its attempts", () => {
    const { primitive } = scripted();
    const graph = hedge(primitive, { delayMs: 100, maxHedges: 2 }).describe();
    expect(graph).toMatchObject({
      type: "hedge",
      name: primitive.name,
      options: { delayMs: 100, maxHedges: 2, assumeIdempotent: false },
    });
    expect(graph.children.map(({ key, span }) => [key, span])).toEqual([
      ["attempt_0", "primitive.hedge.attempt_0"],
      ["attempt_1", "primitive.hedge.attempt_1"],
      ["attempt_2", "primitive.hedge.attempt_2"],
    ]);
  });
});

describe("a hedge with a budget", () => {
  it("starts no hedge that the budget refuses, and waits for the first attempt", async () => {
    const budget = retryBudget({ name: `hedges-${names++}`, ratio: 0, minPerSecond: 0.1 });
    const { primitive, startsMs } = scripted();
    const runtime = virtualRuntime();
    const hedged = hedge(primitive, { delayMs: 100, budget });
    const plans = [{ takesMs: 500 }, { takesMs: 500 }, { takesMs: 500 }];
    await runtime.execute(hedged, plans);
    expect(startsMs).toEqual([0, 100]);
    const began = runtime.nowMs;
    expect(await runtime.execute(hedged, plans)).toBe(2);
    expect(runtime.nowMs - began).toBe(500);
    expect(startsMs).toHaveLength(3);
    expect(attempts(primitive.name)).toEqual({ won: 2, lost: 1, failed: 0, over_budget: 1 });
    const refusals = slot().registry.counter("budget.refusals");
    expect(refusals.bind({ budget: budget.name, kind: "hedges" }).value).toBe(1);
  });

  it("earns hedges with calls", async () => {
    const budget = retryBudget({ name: `hedges-${names++}`, ratio: 0.5, minPerSecond: 0 });
    const { primitive, startsMs } = scripted();
    const runtime = virtualRuntime();
    const hedged = hedge(primitive, { delayMs: 100, budget });
    const slow = Array.from({ length: 3 }, () => ({ takesMs: 500 }));
    await runtime.execute(hedged, slow);
    expect(startsMs).toHaveLength(1);
    await runtime.execute(hedged, slow);
    expect(startsMs).toHaveLength(3);
  });

  it("counts one execution of the hedge for a call, whatever it asked the budget", async () => {
    const budget = retryBudget({ name: `hedges-${names++}` });
    const seen = await play([{ takesMs: 500 }, { takesMs: 10 }], { delayMs: 100, budget });
    const executions = slot().registry.counter("primitive.execution.count");
    const count = (primitive_type: string): number =>
      executions.bind({ primitive_name: seen.primitive.name, primitive_type, status: "success" })
        .value;
    expect([count("hedge"), count("step")]).toEqual([1, 1]);
  });

  it("rejects with the step's error, not with the refusal", async () => {
    const budget = retryBudget({ name: `hedges-${names++}`, ratio: 0, minPerSecond: 0 });
    const plans = [{ takesMs: 50, error: "first" }];
    const seen = await play(plans, { delayMs: 100, maxHedges: 2, budget });
    expect(seen).toMatchObject({ result: "first", tookMs: 50, startsMs: [0] });
    expect(attempts(seen.primitive.name)).toMatchObject({ failed: 1, over_budget: 2 });
  });

  it("asks nothing for calls that need no hedge", async () => {
    const budget = retryBudget({ name: `hedges-${names++}`, ratio: 0, minPerSecond: 0 });
    const seen = await play([{ takesMs: 99 }], { delayMs: 100, budget });
    expect(attempts(seen.primitive.name)).toMatchObject({ won: 1, over_budget: 0 });
  });

  it("shows the same attempts", () => {
    const budget = retryBudget({ name: `hedges-${names++}` });
    const { primitive } = scripted();
    const plain = hedge(primitive, { delayMs: 1 }).describe();
    expect(hedge(primitive, { delayMs: 1, budget }).describe().children).toEqual(plain.children);
  });
});

describe("what may be hedged", () => {
  const safe = step("safe", () => 0, { idempotent: true });
  const plain = (): number => 0;

  it.each([
    ["a step", safe],
    ["a named step", safe.named("other")],
    ["a composite of such steps", retry(sequential(safe, safe), { attempts: 2 })],
    ["an observed step", observe(safe, { name: "observed" })],
    ["a workflow", workflow("w", safe)],
  ])("is %s that is marked idempotent", (_what, primitive) => {
    expect(() => hedge(primitive, { delayMs: 1 })).not.toThrow();
  });

  it.each([
    ["a function", plain, '"plain"'],
    ["a function without a name", [() => 0][0]!, "a function without a name"],
    ["a step that says no", step("risky", plain, { idempotent: false }), '"risky"'],
    ["a composite with one other step", sequential(safe, plain), '"plain"'],
    ["a compensation", saga({ name: "pay", execute: safe, compensate: plain }), '"compensate pay"'],
  ])("is not %s that nobody called idempotent", (_what, primitive, name) => {
    const make = (): unknown => hedge(primitive as Primitive<unknown, number>, { delayMs: 1 });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(`hedge(): ${name} is not marked idempotent`);
  });

  it("is anything where the caller takes the blame", () => {
    expect(() => hedge(plain, { delayMs: 1, assumeIdempotent: true })).not.toThrow();
  });
});

describe("wrong options of a hedge", () => {
  it.each([
    [{ delayMs: -1 }, RangeError, "hedge({ delayMs })"],
    [{} as HedgeOptions, TypeError, "hedge({ delayMs })"],
    [{ delayMs: 1, maxHedges: 0 }, RangeError, "hedge({ maxHedges })"],
    [{ delayMs: 1, graceMs: -1 }, RangeError, "hedge({ graceMs })"],
    [{ delayMs: 1, assumeIdempotent: 1 as never }, TypeError, "hedge({ assumeIdempotent })"],
    [{ delayMs: 1, budget: {} as never }, TypeError, "hedge({ budget })"],
    [{ delayMs: 1, budget: null as never }, TypeError, "hedge({ budget })"],
    [undefined as never, TypeError, "hedge(step, options)"],
  ])("are named: %j", (options, type, name) => {
    expect(() => hedge(scripted().primitive, options)).toThrow(type);
    expect(() => hedge(scripted().primitive, options)).toThrow(name);
  });
});

describe("however its attempts go", () => {
  /** What should happen, step by step. */
  function byHand(
    plans: readonly Plan[],
    { delayMs, maxHedges }: { delayMs: number; maxHedges: number },
  ): { result: number | string; tookMs: number; startsMs: number[] } {
    const startsMs = [0];
    const failed = new Set<number>();
    for (;;) {
      const endsMs = startsMs.map((start, index) => start + plans[index]!.takesMs);
      const open = endsMs
        .map((end, index) => ({ end, index }))
        .filter(({ index }) => !failed.has(index));
      const first = open.toSorted((a, b) => a.end - b.end || a.index - b.index)[0];
      const nextStart = startsMs.length <= maxHedges ? startsMs.at(-1)! + delayMs : Infinity;
      if (first === undefined) throw new Error("nothing runs");
      if (nextStart <= first.end && !(nextStart === first.end)) {
        startsMs.push(nextStart);
        continue;
      }
      const { error } = plans[first.index]!;
      if (error === undefined) return { result: first.index, tookMs: first.end, startsMs };
      failed.add(first.index);
      if (startsMs.length <= maxHedges) startsMs.push(first.end);
      else if (failed.size === startsMs.length)
        return { result: plans[0]!.error!, tookMs: first.end, startsMs };
    }
  }

  it("starts what should start, when it should, and takes the first success", async () => {
    // Odd and even: nothing is due at one moment, so that the order is no matter of taste.
    const plan = fc.record({
      takesMs: fc.integer({ min: 0, max: 300 }).map((ms) => 2 * ms + 1),
      isFailure: fc.boolean(),
    });
    const property = fc.asyncProperty(
      fc.array(plan, { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 1, max: 200 }).map((ms) => 1_000 * ms),
      fc.integer({ min: 1, max: 4 }),
      async (given, delay, maxHedges) => {
        const plans = given.map(({ takesMs, isFailure }, index) => ({
          takesMs: takesMs + index / 8,
          ...(isFailure && { error: `attempt ${index}` }),
        }));
        const options = { delayMs: delay / 1_000 + 1 / 32, maxHedges };
        const { result, tookMs, startsMs, runtime } = await play(plans, options);
        const expected = byHand(plans, options);
        expect(result).toBe(expected.result);
        expect(tookMs).toBeCloseTo(expected.tookMs, 3);
        expect(startsMs).toEqual(expected.startsMs.map((ms) => expect.closeTo(ms, 3) as unknown));
        expect(runtime.pendingTimers).toBe(0);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });
});
