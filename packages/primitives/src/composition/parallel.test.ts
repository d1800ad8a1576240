import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WorkflowContext } from "../context.ts";
import { createRegistry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { parallel } from "./parallel.ts";
import { sequential } from "./sequential.ts";
import { workflow } from "./workflow.ts";

const after =
  <T>(ms: number, value: T) =>
  async (_input: unknown, context: WorkflowContext): Promise<T> => {
    await context.sleep("work", ms);
    return value;
  };
const failingAfter =
  (ms: number, message: string) =>
  async (_input: unknown, context: WorkflowContext): Promise<never> => {
    await context.sleep("work", ms);
    throw new Error(message);
  };

describe("parallel", () => {
  it("takes a record and returns a record with the same keys, in the same order", async () => {
    const gather = parallel({
      docs: async (question: string) => [question],
      history: (question: string) => question.length,
    });
    const result = await gather.execute("why");
    expect(result).toEqual({ docs: ["why"], history: 3 });
    expect(Object.keys(result)).toEqual(["docs", "history"]);
  });

  it("takes a tuple and returns a tuple", async () => {
    const both = parallel([async (value: number) => value + 1, (value: number) => String(value)]);
    expect(await both.execute(1)).toEqual([2, "1"]);
  });

  it("runs its branches at once", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    await virtual.execute(parallel({ a: after(30, 1), b: after(50, 2), c: after(40, 3) }), 0);
    expect(virtual.nowMs - began).toBe(50);
  });

  it("starts branches in order", async () => {
    const started: string[] = [];
    const note = (name: string) => () => started.push(name);
    await parallel({ b: note("b"), a: note("a"), c: note("c") }).execute(0);
    expect(started).toEqual(["b", "a", "c"]);
  });

  it("keeps a key that looks like part of an object", async () => {
    const result = await parallel({ toString: () => 1, constructor: () => 2 }).execute(0);
    expect(Object.entries(result)).toEqual([
      ["toString", 1],
      ["constructor", 2],
    ]);
  });
});

describe("a limit of concurrency", () => {
  it("keeps no more branches under way, and starts the next as soon as one ends", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (durations, concurrency) => {
          let running = 0;
          let most = 0;
          const branches = durations.map(
            (ms) => async (_input: number, context: WorkflowContext) => {
              most = Math.max(most, ++running);
              await context.sleep("work", ms);
              running--;
              return ms;
            },
          );
          const results = await virtualRuntime().execute(parallel(branches, { concurrency }), 0);
          expect(results).toEqual(durations);
          expect(most).toBe(Math.min(concurrency, durations.length));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("leaves branches that never started alone when one fails", async () => {
    const started: string[] = [];
    const branches = parallel(
      {
        a: () => Promise.reject(new Error("no")),
        b: () => started.push("b"),
      },
      { concurrency: 1 },
    );
    await expect(branches.execute(0)).rejects.toThrow("no");
    expect(started).toEqual([]);
  });
});

describe('join "all"', () => {
  it("rejects with the first failure and stops the others", async () => {
    const stopped: unknown[] = [];
    const waiting = async (_input: unknown, { signal }: WorkflowContext): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          stopped.push(signal.reason);
          reject(signal.reason as Error);
        });
      });
    const virtual = virtualRuntime();
    const run = virtual.execute(
      parallel({ a: waiting, b: failingAfter(20, "second"), c: failingAfter(10, "first") }),
      0,
    );
    await expect(run).rejects.toThrow("first");
    expect(stopped).toMatchObject([{ code: "CANCELLED", name: "AbortError" }]);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("waits for stopped branches only as long as the grace lasts, and counts what goes on", async () => {
    const registry = (slot().registry = createRegistry());
    const virtual = virtualRuntime();
    const deaf = (_input: unknown, { runtime }: WorkflowContext): Promise<void> =>
      new Promise((resolve) => {
        (runtime as unknown as { startTimer(ms: number, fire: () => void): void }).startTimer(
          5_000,
          resolve,
        );
      });
    const began = virtual.nowMs;
    const run = virtual.execute(
      parallel({ deaf, bad: failingAfter(10, "no") }, { graceMs: 200 }),
      0,
    );
    await expect(run).rejects.toThrow("no");
    expect(virtual.nowMs - began).toBe(210);
    const orphaned = registry.counter("execution.orphaned").bind({ primitive_name: "deaf" });
    expect(orphaned.value).toBe(1);
  });

  it("holds for branches that fail before they return a promise", async () => {
    const both = parallel({
      a: (): number => {
        throw new Error("at once");
      },
      b: () => 1,
    });
    await expect(both.execute(0)).rejects.toThrow("at once");
  });
});

describe('join "settled"', () => {
  it("runs every branch to its end and says how each ended", async () => {
    const virtual = virtualRuntime();
    const error = new Error("no");
    const all = parallel(
      { good: after(30, 1), bad: () => Promise.reject(error), nothing: () => undefined },
      { join: "settled" },
    );
    expect(await virtual.execute(all, 0)).toEqual({
      good: { status: "fulfilled", value: 1 },
      bad: { status: "rejected", reason: error },
      nothing: { status: "fulfilled", value: undefined },
    });
  });

  it("keeps the shape of a tuple", async () => {
    const all = parallel([() => 1, () => Promise.reject(new Error("no"))], { join: "settled" });
    expect(await all.execute(0)).toMatchObject([
      { status: "fulfilled", value: 1 },
      { status: "rejected" },
    ]);
  });

  it("still rejects with the caller's reason on abort", async () => {
    const controller = new AbortController();
    const all = parallel(
      { a: () => controller.abort("stop"), b: after(1_000, 1) },
      { join: "settled" },
    );
    const run = virtualRuntime().execute(all, 0, { signal: controller.signal });
    await expect(run).rejects.toBe("stop");
  });
});

describe("join { quorum }", () => {
  it("is over when that many have succeeded: the others are stopped and absent", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const two = parallel(
      {
        slow: after(500, "slow"),
        quick: after(10, "quick"),
        bad: failingAfter(5, "no"),
        mid: after(20, "mid"),
      },
      { join: { quorum: 2 } },
    );
    expect(await virtual.execute(two, 0)).toStrictEqual({ quick: "quick", mid: "mid" });
    expect(virtual.nowMs - began).toBe(20);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("leaves the places of a tuple undefined", async () => {
    const one = parallel([after(500, "slow"), after(10, "quick")], { join: { quorum: 1 } });
    expect(await virtualRuntime().execute(one, 0)).toEqual([undefined, "quick"]);
  });

  it("rejects as soon as it cannot be met any more, with every failure so far", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const run = virtual.execute(
      parallel(
        { a: failingAfter(20, "a"), b: after(500, 1), c: failingAfter(10, "c") },
        { join: { quorum: 2 } },
      ),
      0,
    );
    const error: unknown = await run.catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: "QuorumError",
      code: "QUORUM_NOT_MET",
      quorum: 2,
      message: "2 of 3 branches had to succeed, 2 failed",
      errors: [{ message: "a" }, { message: "c" }],
      cause: { message: "a" },
    });
    expect(virtual.nowMs - began).toBe(20);
  });
});

describe("state", () => {
  const write =
    (key: string, value: unknown) =>
    async (_input: unknown, { state }: WorkflowContext): Promise<void> => {
      state.set(key, value);
    };

  it("of a branch is a snapshot: what the others write is seen after the join", async () => {
    const seen: unknown[] = [];
    const run = workflow(
      "w",
      sequential(
        (_input: number, { state }) => void state.set("before", 1),
        parallel({
          a: write("a", "from a"),
          b: async (_input: unknown, context: WorkflowContext) => {
            await context.sleep("wait", 10);
            seen.push(context.state.get("before"), context.state.get("a"), context.state.has("a"));
          },
        }),
        (_input, { state }) => state.entries(),
      ),
    );
    expect(await virtualRuntime().execute(run, 0)).toEqual([
      ["before", 1],
      ["a", "from a"],
    ]);
    expect(seen).toEqual([1, undefined, false]);
  });

  it("is merged in the order of the branches, whichever ends first", async () => {
    const late = async (_input: unknown, context: WorkflowContext): Promise<void> => {
      await context.sleep("wait", 50);
      context.state.set("a", 1);
    };
    const run = sequential(
      parallel({ a: late, b: write("b", 2), c: write("c", 3) }),
      (_outputs, { state }: WorkflowContext) => state.entries(),
    );
    expect(await virtualRuntime().execute(run, 0)).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
  });

  it("that two branches wrote under one key is an error that names both and the key", async () => {
    const both = parallel({ a: write("winner", 1), b: sequential(write("winner", 2)) }).named(
      "both",
    );
    await expect(both.execute(0)).rejects.toMatchObject({
      name: "StateConflictError",
      code: "STATE_CONFLICT",
      key: "winner",
      message: expect.stringMatching(
        /"winner" was written by two branches, "both\/a" and "both\/b"/,
      ),
    });
  });

  it("that a failed branch wrote is dropped", async () => {
    const run = sequential(
      parallel(
        {
          bad: (_input: unknown, { state }: WorkflowContext) => {
            state.set("key", "bad");
            throw new Error("no");
          },
          good: write("key", "good"),
        },
        { join: "settled" },
      ),
      (_outputs, { state }: WorkflowContext) => state.entries(),
    );
    expect(await run.execute(0)).toEqual([["key", "good"]]);
  });
});

describe("a wrong parallel", () => {
  it.each<[string, unknown, unknown, Error]>([
    [
      "branches",
      null,
      {},
      new TypeError("parallel(): expected a record or an array of steps, got null"),
    ],
    [
      "branches",
      "ab",
      {},
      new TypeError('parallel(): expected a record or an array of steps, got "ab"'),
    ],
    ["no branch", {}, {}, new RangeError("parallel(): expected at least one branch, got none")],
    ["no branch", [], {}, new RangeError("parallel(): expected at least one branch, got none")],
    [
      "a branch",
      { a: 1 },
      {},
      new TypeError('parallel(): branch "a": expected a primitive or a function, got number'),
    ],
    [
      "options",
      [() => 1],
      null,
      new TypeError("parallel(branches, options): expected an options object, got null"),
    ],
    [
      "concurrency",
      [() => 1],
      { concurrency: 0 },
      new RangeError("parallel({ concurrency }): expected a whole number of at least 1, got 0"),
    ],
    [
      "grace",
      [() => 1],
      { graceMs: "1" },
      new TypeError('parallel({ graceMs }): expected a finite number of at least 0, got "1"'),
    ],
    [
      "join",
      [() => 1],
      { join: "any" },
      new TypeError('parallel({ join }): expected "all", "settled" or { quorum: n }, got "any"'),
    ],
    [
      "join",
      [() => 1],
      { join: null },
      new TypeError('parallel({ join }): expected "all", "settled" or { quorum: n }, got null'),
    ],
    [
      "quorum",
      [() => 1],
      { join: { quorum: 2 } },
      new RangeError(
        "parallel({ join: { quorum } }): expected a whole number of at least 1 and at most 1, got 2",
      ),
    ],
  ])("is refused for its %s", (_what, branches, options, error) => {
    expect(() => parallel(branches as never, options as never)).toThrow(error);
  });
});
