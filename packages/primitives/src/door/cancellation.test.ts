import { getEventListeners } from "node:events";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import {
  definePrimitive,
  delay,
  fallback,
  isWorkflowError,
  map,
  parallel,
  race,
  retry,
  saga,
  sequential,
  slot,
  timeout,
  workflow,
  type WorkflowContext,
} from "@tta-dev/primitives";
import { countingRuntime } from "../testing/counting-runtime.fixture.ts";

/** Runs until it is stopped. */
const hang = (_input: unknown, { signal }: WorkflowContext): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

/** Pays no attention to its signal. */
const deaf = (ms: number) => async (): Promise<string> => {
  await sleep(ms);
  return "late";
};

const failing = async (): Promise<never> => {
  throw new Error("no");
};

let runtime = countingRuntime();
beforeEach(() => {
  runtime = countingRuntime();
});

function orphaned(name: string): number {
  const metric = slot()
    .registry.snapshot()
    .metrics.find((one) => one.name === "execution.orphaned");
  return (
    metric?.series
      .filter((series) => series.labelValues.includes(name))
      .reduce((sum, series) => sum + (series as { readonly value: number }).value, 0) ?? 0
  );
}

describe("a caller's abort", () => {
  it.each([
    ["an error", new Error("gone")],
    ["a string", "gone"],
    ["an AbortError", new DOMException("gone", "AbortError")],
  ])("rejects with its reason, unchanged: %s", async (_kind, reason) => {
    const controller = new AbortController();
    const run = workflow("w", sequential(hang)).execute(0, { signal: controller.signal, runtime });
    await turn();
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
  });

  it("that came before the run starts nothing", async () => {
    let calls = 0;
    const run = workflow("w", () => calls++).execute(0, { signal: AbortSignal.abort("early") });
    await expect(run).rejects.toBe("early");
    expect(calls).toBe(0);
  });

  it("during a backoff rejects in the same turn and starts nothing more", async () => {
    const controller = new AbortController();
    let calls = 0;
    const flaky = retry(
      async () => {
        calls++;
        throw new Error("no");
      },
      { attempts: 5, backoff: { kind: "constant", delayMs: 60_000 } },
    );
    let settled: unknown;
    const run = workflow("w", flaky)
      .execute(0, { signal: controller.signal, runtime })
      .catch((error: unknown) => (settled = error));
    await turn();
    controller.abort("stop");
    for (let microtask = 0; microtask < 30; microtask++) await Promise.resolve();
    expect(settled).toBe("stop");
    await run;
    expect(calls).toBe(1);
    expect(runtime.timersLeft).toBe(0);
  });

  it("reaches every branch, waits for well-behaved ones and leaves no listener behind", async () => {
    const controller = new AbortController();
    let stopped = 0;
    const tidy = async (_input: unknown, { signal }: WorkflowContext): Promise<void> => {
      await hang(0, { signal } as WorkflowContext).catch(() => undefined);
      await sleep(5);
      stopped++;
    };
    const run = workflow(
      "w",
      parallel({ a: tidy, b: sequential(tidy), c: timeout(tidy, { timeoutMs: 60_000 }) }),
    ).execute(0, {
      signal: controller.signal,
      runtime,
    });
    await turn();
    controller.abort("stop");
    await expect(run).rejects.toBe("stop");
    expect(stopped).toBe(2);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("turns a value that comes after it into a rejection", async () => {
    const controller = new AbortController();
    const run = workflow("w", deaf(20)).execute(0, { signal: controller.signal, runtime });
    controller.abort("stop");
    await expect(run).rejects.toBe("stop");
  });

  it("leaves a deaf step behind after the grace, and counts it", async () => {
    const controller = new AbortController();
    const name = "deaf-to-abort";
    const run = workflow("w", definePrimitive({ type: "deaf", name, run: deaf(1500) })).execute(0, {
      signal: controller.signal,
      runtime,
    });
    await turn();
    controller.abort("stop");
    await expect(run).rejects.toBe("stop");
    expect(orphaned(name)).toBe(1);
    expect(orphaned("w")).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("is not retried and not served by a fallback", async () => {
    const controller = new AbortController();
    let calls = 0;
    const counted = (input: unknown, context: WorkflowContext): Promise<never> => {
      calls++;
      return hang(input, context);
    };
    const run = workflow(
      "w",
      fallback(retry(counted, { attempts: 3, retryIf: () => true }), [() => "served"]),
    ).execute(0, {
      signal: controller.signal,
      runtime,
    });
    await turn();
    controller.abort("stop");
    await expect(run).rejects.toBe("stop");
    expect(calls).toBe(1);
  });
});

describe("a failed branch", () => {
  it.each([
    ["parallel", (step: typeof hang) => parallel({ bad: failing, good: step })],
    [
      "map",
      (step: typeof hang) =>
        map(async (item: number, context) => (item === 0 ? failing() : step(item, context))),
    ],
  ])("of %s aborts its siblings and waits for them", async (kind, make) => {
    let aborted = false;
    const primitive = make(async (input, context) => {
      await hang(input, context).catch(() => undefined);
      await sleep(5);
      aborted = true;
      throw new Error("after");
    });
    const input = kind === "map" ? [0, 1] : 0;
    await expect(
      (primitive.execute as (input: unknown) => Promise<unknown>)(input),
    ).rejects.toThrow("no");
    expect(aborted).toBe(true);
  });

  it("leaves deaf siblings behind after the grace, and counts them", async () => {
    const name = "deaf-sibling";
    const branches = parallel(
      { bad: failing, deaf: definePrimitive({ type: "deaf", name, run: deaf(100) }) },
      { graceMs: 5 },
    );
    await expect(branches.execute(0)).rejects.toThrow("no");
    expect(orphaned(name)).toBe(1);
  });

  it("stops what has not started under a concurrency limit", async () => {
    const started: number[] = [];
    const items = map(
      async (item: number) => {
        started.push(item);
        throw new Error("no");
      },
      { concurrency: 1 },
    );
    await expect(items.execute([1, 2, 3])).rejects.toThrow("no");
    expect(started).toEqual([1]);
  });
});

describe("a race", () => {
  it("stops the losers", async () => {
    const reasons: unknown[] = [];
    const loser = async (input: unknown, context: WorkflowContext): Promise<never> => {
      try {
        return await hang(input, context);
      } catch (error) {
        reasons.push(error);
        throw error;
      }
    };
    await expect(race({ slow: loser, quick: async () => "quick" }).execute(0)).resolves.toBe(
      "quick",
    );
    expect(reasons).toHaveLength(1);
    expect(isWorkflowError(reasons[0], "CANCELLED")).toBe(true);
  });
});

describe("deadlines", () => {
  it("clip an inner timeout", async () => {
    const startedAt = performance.now();
    const inner = timeout(hang, { timeoutMs: 60_000, graceMs: 60_000 });
    await expect(timeout(inner, { timeoutMs: 20 }).execute(0, { runtime })).rejects.toMatchObject({
      code: "TIMEOUT",
      timeoutMs: 20,
    });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(runtime.timersLeft).toBe(0);
  });

  it("end a run that was given one, with an error of its own", async () => {
    await expect(workflow("w", hang).execute(0, { timeoutMs: 10, runtime })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    await expect(
      workflow("w", hang).execute(0, { deadlineMs: Date.now() + 10, runtime }),
    ).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    expect(runtime.timersLeft).toBe(0);
  });

  it("are what a step sees as time left", async () => {
    const left = workflow("w", (_input: number, { deadlineMs }) => deadlineMs! - Date.now());
    expect(await left.execute(0, { timeoutMs: 5_000 })).toBeLessThanOrEqual(5_001);
    expect(
      await workflow("w", (_input: number, { deadlineMs }) => deadlineMs).execute(0),
    ).toBeUndefined();
  });

  it("keep a retry from starting an attempt that would begin too late", async () => {
    let calls = 0;
    const flaky = retry(
      async () => {
        calls++;
        throw new Error("no");
      },
      { attempts: 3, backoff: { kind: "constant", delayMs: 10_000 } },
    );
    const error = await flaky
      .execute(0, { timeoutMs: 1_000, runtime })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "DEADLINE_EXCEEDED", cause: new Error("no") });
    expect(calls).toBe(1);
    expect(runtime.timersLeft).toBe(0);
  });
});

describe("compensations", () => {
  it("run to their end although the caller aborts, and the run waits for them", async () => {
    const controller = new AbortController();
    const undone: string[] = [];
    const undo = (name: string) => async (): Promise<void> => {
      await sleep(5);
      undone.push(name);
    };
    const trip = saga(
      { name: "one", execute: async () => 1, compensate: undo("one") },
      { name: "two", execute: hang, compensate: undo("two") },
    );
    const run = workflow("w", parallel({ trip, other: hang })).execute(0, {
      signal: controller.signal,
      runtime,
    });
    await turn();
    controller.abort("stop");
    await expect(run).rejects.toBe("stop");
    expect(undone).toEqual(["two", "one"]);
  });
});

describe("one operation at a time", () => {
  const pair = { a: async () => 1, b: async () => 2 };

  it("is held in a composite of one's own, naming both paths", async () => {
    const both = definePrimitive({
      type: "both",
      name: "both",
      children: pair,
      run: async (_input: number, context) =>
        Promise.all([context.call("a", 0), context.call("b", 0)]),
    });
    const error = await both.execute(0).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "CONCURRENT_CALL" });
    expect((error as Error).message).toMatch(
      /"both\/b:b".*"both\/a:a".*parallel\(\), map\(\) or race\(\)/,
    );
  });

  it("holds for waits and decisions too", async () => {
    const mixed = definePrimitive({
      type: "mixed",
      children: pair,
      run: async (_input: number, context) =>
        Promise.all([context.sleep("nap", 1), context.decide("coin", () => 1)]),
    });
    await expect(mixed.execute(0)).rejects.toMatchObject({ code: "CONCURRENT_CALL" });
  });

  it("does not bind what runs inside a leaf", async () => {
    const inner = sequential(async (value: number) => value + 1, delay(1));
    const leaf = workflow("w", async (value: number) =>
      Promise.all([inner.execute(value), inner.execute(value)]),
    );
    await expect(leaf.execute(1)).resolves.toEqual([2, 2]);
  });
});

describe("context.fork", () => {
  const twice = (indexes: readonly (number | undefined)[]) =>
    definePrimitive({
      type: "twice",
      name: "twice",
      children: { body: async (value: number) => value * 2 },
      run: async (input: number, context) => {
        const items = indexes.map((index) => ({
          child: "body",
          input,
          ...(index !== undefined && { index }),
        }));
        const { outcomes } = await context.fork(items, { until: "all" });
        return outcomes.length;
      },
    });

  it("runs one child in several branches, told apart by their index", async () => {
    await expect(twice([1, 2]).execute(3)).resolves.toBe(2);
  });

  it("refuses two branches under one path", async () => {
    await expect(twice([undefined, undefined]).execute(3)).rejects.toThrow(
      'fork: "twice" starts "body" twice',
    );
  });
});

describe("a step that words its abort its own way", () => {
  const nap = async (_input: unknown, { signal }: WorkflowContext): Promise<void> => {
    await sleep(60_000, undefined, { signal });
  };
  const wrapped = async (input: unknown, context: WorkflowContext): Promise<void> => {
    await nap(input, context).catch((cause: unknown) => {
      throw new Error("the client gave up", { cause });
    });
  };

  it.each([nap, wrapped])("%o still rejects with the caller's reason", async (step) => {
    const controller = new AbortController();
    const run = workflow("w", sequential(step)).execute(0, { signal: controller.signal, runtime });
    await turn();
    controller.abort("stop");
    await expect(run).rejects.toBe("stop");
  });

  it("still ends a run with its deadline's error", async () => {
    await expect(
      workflow("w", wrapped).execute(0, { timeoutMs: 5, runtime }),
    ).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
  });

  it("and ends at once counts as a soft expiration, with no grace to spare", async () => {
    const name = "well-behaved-nap";
    const quick = timeout(definePrimitive({ type: "nap", name, run: nap }), { timeoutMs: 2 });
    for (let run = 0; run < 10; run++)
      await expect(quick.execute(0)).rejects.toMatchObject({ code: "TIMEOUT" });
    const expirations = slot()
      .registry.snapshot()
      .metrics.find((one) => one.name === "timeout.expirations");
    const counts = Object.fromEntries(
      (expirations?.series ?? [])
        .filter(({ labelValues }) => labelValues.includes(name))
        .map((series) => [series.labelValues.at(-1), (series as { readonly value: number }).value]),
    );
    expect(counts).toEqual({ soft: 10, hard: 0 });
    expect(orphaned(name)).toBe(0);
  });
});
