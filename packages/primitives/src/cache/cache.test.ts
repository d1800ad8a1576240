import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fallback } from "../recovery/fallback.ts";
import { parallel } from "../composition/parallel.ts";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { ContextInit, WorkflowContext } from "../context.ts";
import { currentContext } from "../create-context.ts";
import { definePrimitive, step as named } from "../define.ts";
import type { CallContext } from "../door/call-context.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { timeout } from "../recovery/timeout.ts";
import { InProcessRuntime } from "../runtime/in-process.ts";
import type { RuntimeSource } from "../runtime/source.ts";
import { slot } from "../slot.ts";
import type { LogEvent } from "../telemetry/log-event.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { cache } from "./cache.ts";
import type { CacheOptions } from "./cache-options.ts";
import type { CacheStore } from "./cache-store.ts";

const key = (input: string): string => input;

interface Call<O> {
  readonly input: string;
  readonly context: WorkflowContext;
  readonly resolve: (value: O) => void;
  readonly reject: (error: unknown) => void;
}

/** A step whose calls end when the test says so, or when they are stopped. */
function scripted<O = unknown>(): {
  readonly step: (input: string, context: WorkflowContext) => Promise<O>;
  readonly calls: Call<O>[];
} {
  const calls: Call<O>[] = [];
  const step = (input: string, context: WorkflowContext): Promise<O> =>
    new Promise<O>((resolve, reject) => {
      calls.push({ input, context, resolve, reject });
      const { signal } = context;
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
  return { step, calls };
}

/** Runs until it is stopped. */
const hang = (_input: string, { signal }: WorkflowContext): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

/** Counts its calls and returns their number. */
function counting(): { readonly step: (input: string) => Promise<number>; count: number } {
  const counted = {
    count: 0,
    step: async (_input: string): Promise<number> => ++counted.count,
  };
  return counted;
}

let before: Registry;
const logged: LogEvent[] = [];
const listen = (event: LogEvent): void => void logged.push(event);

beforeEach(() => {
  before = slot().registry;
  slot().registry = createRegistry();
  logged.length = 0;
  slot().logListeners.add(listen);
});
afterEach(() => {
  slot().registry = before;
  slot().logListeners.delete(listen);
});

/** A counter's value, all series together. */
function count(name: string): number {
  const metric = slot()
    .registry.snapshot()
    .metrics.find((one) => one.name === name);
  return (metric?.series ?? []).reduce(
    (sum, series) => sum + (series as { readonly value: number }).value,
    0,
  );
}

function lookups(): readonly [hits: number, misses: number, total: number] {
  return [count("cache.hits"), count("cache.misses"), count("cache.total")];
}

describe("a cache", () => {
  it("returns what it has, by key, without a call", async () => {
    const { step, calls } = scripted<object>();
    const cached = cache(step, { key: (input) => input.toLowerCase(), ttlMs: 1_000 });
    const first = cached.execute("A");
    const answer = { page: 1 };
    calls[0]!.resolve(answer);
    expect(await first).toBe(answer);
    expect(await cached.execute("a")).toBe(answer);
    const other = cached.execute("b");
    calls[1]!.resolve({ page: 2 });
    expect(await other).toEqual({ page: 2 });
    expect(calls).toHaveLength(2);
    expect(lookups()).toEqual([1, 2, 3]);
  });

  it.each([[undefined], [null], [false], [0], [""], [Number.NaN]])(
    "remembers %s",
    async (value) => {
      let calls = 0;
      const cached = cache(
        async (_input: string) => {
          calls++;
          return value;
        },
        { key, ttlMs: 1_000 },
      );
      expect(await cached.execute("a")).toBe(value);
      expect(await cached.execute("a")).toBe(value);
      expect(calls).toBe(1);
    },
  );

  it("remembers what a plain synchronous function returns", async () => {
    let calls = 0;
    const cached = cache((input: string) => `${input}${++calls}`, { key, ttlMs: 1_000 });
    expect(await Promise.all([cached.execute("a"), cached.execute("a")])).toEqual(["a1", "a1"]);
    expect(await cached.execute("a")).toBe("a1");
  });

  it("does not remember an error", async () => {
    let calls = 0;
    const cached = cache(
      async (_input: string) => {
        if (++calls === 1) throw new Error("no");
        return calls;
      },
      { key, ttlMs: 1_000 },
    );
    await expect(cached.execute("a")).rejects.toThrow("no");
    expect(await cached.execute("a")).toBe(2);
    expect(lookups()).toEqual([0, 2, 2]);
  });

  it("forgets the entry least recently used when it is full", async () => {
    const counted = counting();
    const cached = cache(counted.step, { key, ttlMs: 1_000, maxEntries: 2 });
    for (const input of ["a", "b", "a", "c"]) await cached.execute(input);
    expect(counted.count).toBe(3);
    await cached.execute("a");
    expect(counted.count).toBe(3);
    await cached.execute("b");
    expect(counted.count).toBe(4);
    expect(count("cache.evictions")).toBe(2);
  });

  it("holds a thousand entries unless told otherwise", async () => {
    const counted = counting();
    const cached = cache(counted.step, { key, ttlMs: 60_000 });
    for (let index = 0; index < 1_001; index++) await cached.execute(String(index));
    expect(count("cache.evictions")).toBe(1);
    expect(count("cache.entries")).toBe(1_000);
  });

  it("is called after what it wraps, and shares its entries with itself under another name", async () => {
    const counted = counting();
    const search = { step: counted.step };
    const cached = cache(search.step, { key, ttlMs: 1_000 });
    expect(cached).toMatchObject({ name: "step", type: "cache" });
    const renamed = cached.named("answers");
    expect(await renamed.execute("a")).toBe(1);
    expect(await cached.execute("a")).toBe(1);
  });

  it("describes itself as data", () => {
    const cached = cache(counting().step, { key, ttlMs: 1_000, costUsd: 0.01, tenant: key });
    const graph = cached.describe();
    expect(graph).toMatchObject({
      type: "cache",
      name: "step",
      leaf: false,
      options: {
        ttlMs: 1_000,
        ttlJitter: 0.1,
        staleMs: 0,
        staleIfErrorMs: 0,
        maxEntries: 1_000,
        refreshTimeoutMs: 30_000,
        storeTimeoutMs: 500,
        costUsd: 0.01,
        type: "memory",
        hasTenant: true,
      },
      children: [{ key: "body", graph: { type: "step", name: "step", leaf: true } }],
    });
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
  });

  it("gives the key function its own context, as argument and as the ambient one", async () => {
    let seen: unknown;
    const cached = cache(counting().step, {
      key: (input, context) => {
        seen = [context.correlationId, currentContext()?.path === context.path];
        return input;
      },
      ttlMs: 1_000,
    });
    await cached.execute("a", { correlationId: "req-1" });
    expect(seen).toEqual(["req-1", true]);
  });

  it("passes a function of the user's what it would get elsewhere, and nothing more", async () => {
    const cached = cache((...given: [string, WorkflowContext]) => given.length, {
      key,
      ttlMs: 1_000,
    });
    expect(await cached.execute("a")).toBe(2);
  });
});

describe("a key that is none", () => {
  it.each([
    [undefined, "undefined"],
    [7, "7"],
    [null, "null"],
    [{}, "a value of type object"],
  ])("is an error that says what came: %j", async (given, shown) => {
    const counted = counting();
    const cached = cache(counted.step, { key: () => given as string, ttlMs: 1_000 });
    const failure = cached.execute("a");
    await expect(failure).rejects.toThrow(TypeError);
    await expect(failure).rejects.toThrow(
      `cache({ key }): expected it to return a string, it returned ${shown}`,
    );
    expect(counted.count).toBe(0);
  });

  it("fails the call when the key function throws", async () => {
    const broken = (): string => {
      throw new Error("no key");
    };
    const cached = cache(counting().step, { key: broken, ttlMs: 1_000 });
    await expect(cached.execute("a")).rejects.toThrow("no key");
    expect(lookups()).toEqual([0, 0, 0]);
  });
});

describe("tenants", () => {
  const tenant = (_input: unknown, context: WorkflowContext): string =>
    context.data["tenant"] as string;

  it("never share an entry, whatever the names", async () => {
    const counted = counting();
    const cached = cache(counted.step, { key, ttlMs: 1_000, tenant });
    const as = (name: string, input: string): Promise<number> =>
      cached.execute(input, { data: { tenant: name } });
    expect(await as("a", "1:b:c")).toBe(1);
    expect(await as("a1:b", "c")).toBe(2);
    expect(await as("a:1", "b:c")).toBe(3);
    expect(await as("a", "1:b:c")).toBe(1);
  });

  it.each([undefined, "", 7])("must be named: %j is an error", async (given) => {
    const counted = counting();
    const cached = cache(counted.step, { key, ttlMs: 1_000, tenant: () => given as string });
    await expect(cached.execute("a")).rejects.toThrow(
      /cache\(\{ tenant \}\): expected it to return a non-empty string, it returned/,
    );
    expect(counted.count).toBe(0);
  });
});

describe("a thousand callers of one cold key", () => {
  const callers = Array.from({ length: 1_000 }, (_, index) => index);

  it("make one call", async () => {
    const { step, calls } = scripted<object>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const all = callers.map(() => cached.execute("a"));
    await turn();
    expect(calls).toHaveLength(1);
    const answer = {};
    calls[0]!.resolve(answer);
    expect(new Set(await Promise.all(all))).toEqual(new Set([answer]));
    expect(lookups()).toEqual([999, 1, 1_000]);
  });

  it("are not stopped by 999 of them", async () => {
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const controllers = callers.map(() => new AbortController());
    const all = controllers.map(({ signal }) => cached.execute("a", { signal }));
    // The one that started the load is among those who go.
    for (const controller of controllers.slice(0, 999)) controller.abort("gone");
    const gone = await Promise.allSettled(all.slice(0, 999));
    expect(new Set(gone.map((one) => (one as PromiseRejectedResult).reason as unknown))).toEqual(
      new Set(["gone"]),
    );
    expect(calls[0]!.context.signal.aborted).toBe(false);
    calls[0]!.resolve("answer");
    expect(await all[999]).toBe("answer");
    expect(calls).toHaveLength(1);
    expect(lookups()).toEqual([999, 1, 1_000]);
  });

  it("are stopped by all of them, and the next one starts afresh", async () => {
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const controllers = callers.map(() => new AbortController());
    const all = controllers.map(({ signal }) => cached.execute("a", { signal }).catch(String));
    for (const controller of controllers) controller.abort("gone");
    expect(calls[0]!.context.signal).toMatchObject({ aborted: true, reason: "gone" });
    const next = cached.execute("a");
    await Promise.all(all);
    expect(calls).toHaveLength(2);
    calls[1]!.resolve("anew");
    expect(await next).toBe("anew");
    expect(lookups()).toEqual([999, 2, 1_001]);
  });

  it("get the same error, which is not remembered", async () => {
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const all = callers.map(() => cached.execute("a"));
    await turn();
    const error = new Error("no");
    calls[0]!.reject(error);
    const failures = await Promise.allSettled(all);
    expect(
      new Set(failures.map((one) => (one as PromiseRejectedResult).reason as unknown)),
    ).toEqual(new Set([error]));
    void cached.execute("a").catch(() => undefined);
    await turn();
    expect(calls).toHaveLength(2);
    calls[1]!.resolve("");
  });
});

describe("a caller that waits for a shared load", () => {
  it("is rejected with its own reason in the turn of its abort", async () => {
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const patient = cached.execute("a");
    const controller = new AbortController();
    const reason = new Error("gone");
    let rejected: unknown;
    const hasty = cached.execute("a", { signal: controller.signal }).catch((error: unknown) => {
      rejected = error;
    });
    await turn();
    controller.abort(reason);
    // Microtasks alone: no timer, no turn of the event loop.
    for (let hop = 0; hop < 20; hop++) await Promise.resolve();
    expect(rejected).toBe(reason);
    await hasty;
    calls[0]!.resolve("answer");
    expect(await patient).toBe("answer");
  });

  it("is let go by a timeout around it", async () => {
    const virtual = virtualRuntime();
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const all = virtual.run(async () => {
      const patient = cached.execute("a", { runtime: virtual });
      const hasty = timeout(cached, { timeoutMs: 5 }).execute("a", { runtime: virtual });
      await expect(hasty).rejects.toMatchObject({ code: "TIMEOUT" });
      calls[0]!.resolve("answer");
      return patient;
    });
    expect(await all).toBe("answer");
    expect(virtual.pendingTimers).toBe(0);
  });

  it("joins as long as the load goes on, whoever started it", async () => {
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const starter = new AbortController();
    const first = cached.execute("a", { signal: starter.signal }).catch(String);
    const second = new AbortController();
    const other = cached.execute("a", { signal: second.signal }).catch(String);
    starter.abort("first gone");
    const third = cached.execute("a");
    second.abort("second gone");
    calls[0]!.resolve("answer");
    expect(await Promise.all([first, other, third])).toEqual([
      "first gone",
      "second gone",
      "answer",
    ]);
    expect(calls).toHaveLength(1);
  });

  it("asks again for what it is itself loading without waiting for itself", async () => {
    let depth = 0;
    const cached = cache(
      async (input: string): Promise<string> =>
        ++depth === 1 ? `(${await cached.execute(input)})` : "inner",
      { key, ttlMs: 1_000 },
    );
    expect(await cached.execute("a")).toBe("(inner)");
    expect(await cached.execute("a")).toBe("(inner)");
  });
});

describe("a load", () => {
  it("runs in the context of the caller that started it, under a signal of its own", async () => {
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const controller = new AbortController();
    const run = workflow("answer", cached).execute("a", {
      correlationId: "req-1",
      signal: controller.signal,
    });
    await turn();
    const { context } = calls[0]!;
    expect(context).toMatchObject({ correlationId: "req-1", workflowName: "answer" });
    expect(context.path).toBe("answer/step/body:step");
    controller.abort("gone");
    await expect(run).rejects.toBe("gone");
    expect(context.signal).toMatchObject({ aborted: true, reason: "gone" });
  });

  it("has the latest deadline of those who wait, and none when one of them has none", async () => {
    const virtual = virtualRuntime();
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const began = virtual.nowMs;
    const at = (timeoutMs?: number): Promise<string> =>
      cached
        .execute("a", { runtime: virtual, ...(timeoutMs !== undefined && { timeoutMs }) })
        .catch((error: { code: string }) => error.code);
    const all = [at(100)];
    await virtual.advance(10);
    const { context } = calls[0]!;
    expect(context.deadlineMs! - began).toBe(100);
    all.push(at(50));
    await virtual.advance(0);
    expect(context.deadlineMs! - began).toBe(100);
    all.push(at(200));
    await virtual.advance(0);
    expect(context.deadlineMs! - began).toBe(210);
    await virtual.advance(100);
    expect(await Promise.all(all.slice(0, 2))).toEqual(["DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"]);
    expect(context.signal.aborted).toBe(false);
    all.push(at());
    await virtual.advance(0);
    expect(context.deadlineMs).toBeUndefined();
    await virtual.advance(1_000);
    calls[0]!.resolve("answer");
    expect(await Promise.all(all.slice(2))).toEqual(["DEADLINE_EXCEEDED", "answer"]);
    expect(calls).toHaveLength(1);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("ends at its deadline with the last who waits", async () => {
    const virtual = virtualRuntime();
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const run = cached
      .execute("a", { runtime: virtual, timeoutMs: 100 })
      .catch((error: unknown) => error);
    await virtual.advance(100);
    expect(await run).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(calls[0]!.context.signal.aborted).toBe(true);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("hands what the step writes into state to the caller that started it, and to no other", async () => {
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const read = (_input: string, { state }: WorkflowContext): unknown => state.get("tokens");
    const first = sequential(cached, read).execute("a");
    const second = sequential(cached, read).execute("a");
    await turn();
    calls[0]!.context.state.set("tokens", 7);
    calls[0]!.resolve("");
    expect(await Promise.all([first, second])).toEqual([7, undefined]);
  });

  it("does not keep a run from settling that has given up on it", async () => {
    const virtual = virtualRuntime();
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const failing = async (): Promise<never> => {
      await turn();
      throw new Error("branch failed");
    };
    const quick = timeout(parallel({ slow: cached, failing }), { timeoutMs: 5 });
    const answer = await virtual.run(async () => {
      const patient = cached.execute("a", { runtime: virtual });
      const starter = fallback(quick, [() => "default"]).execute("a", { runtime: virtual });
      expect(await starter).toBe("default");
      expect(virtual.pendingTimers).toBe(0);
      calls[0]!.resolve("answer");
      return patient;
    });
    expect(answer).toBe("answer");
    expect(count("execution.orphaned")).toBe(0);
  });

  it("counts as orphaned when it goes on after nobody waits for it any more", async () => {
    const virtual = virtualRuntime();
    let finish = (): void => undefined;
    const deaf = (_input: string): Promise<string> =>
      new Promise((resolve) => {
        finish = () => resolve("late");
      });
    const counted = counting();
    const cached = cache(deaf, { key, ttlMs: 1_000 });
    const controller = new AbortController();
    const run = cached.execute("a", { signal: controller.signal, runtime: virtual });
    await virtual.advance(0);
    controller.abort("gone");
    await expect(run).rejects.toBe("gone");
    await virtual.advance(999);
    expect(count("execution.orphaned")).toBe(0);
    await virtual.advance(1);
    expect(count("execution.orphaned")).toBe(1);
    finish();
    await turn();
    expect(virtual.pendingTimers).toBe(0);
    // What came too late was not kept.
    expect(count("cache.entries")).toBe(0);
    expect(counted.count).toBe(0);
  });
});

describe("a value that comes although its load was stopped", () => {
  it("is not remembered", async () => {
    let calls = 0;
    const stubborn = definePrimitive({
      type: "stubborn",
      children: { body: hang },
      run: async (input: string, context) => {
        calls++;
        try {
          return await context.call<string>("body", input);
        } catch {
          return "late";
        }
      },
    });
    const cached = cache(stubborn, { key, ttlMs: 1_000 });
    const controller = new AbortController();
    const run = cached.execute("a", { signal: controller.signal });
    controller.abort("gone");
    await expect(run).rejects.toBe("gone");
    await turn();
    expect(calls).toBe(1);
    expect(count("cache.entries")).toBe(0);
  });
});

describe("after ttlMs", () => {
  async function ages(
    options: Omit<CacheOptions<string, number>, "key">,
    atMs: readonly number[],
  ): Promise<readonly number[]> {
    const virtual = virtualRuntime();
    const counted = counting();
    const cached = cache(counted.step, { key, ttlJitter: 0, ...options });
    const answers: number[] = [];
    let now = 0;
    for (const at of atMs) {
      await virtual.advance(at - now);
      now = at;
      answers.push(await cached.execute("a", { runtime: virtual }));
    }
    expect(virtual.pendingTimers).toBe(0);
    return answers;
  }

  it("a value is loaded anew", async () => {
    expect(await ages({ ttlMs: 100 }, [0, 99, 100, 199, 200])).toEqual([1, 1, 2, 2, 3]);
    expect(count("cache.evictions")).toBe(2);
  });

  it("a value is served while it is loaded anew in the background, for staleMs", async () => {
    // At 100 and at 200 the old value is served and a new one loaded; at 500 the one of 200 is past all use.
    const answers = await ages({ ttlMs: 100, staleMs: 100 }, [0, 99, 100, 101, 199, 200, 201, 500]);
    expect(answers).toEqual([1, 1, 1, 2, 2, 2, 3, 4]);
  });

  it("jitter takes up to a tenth off, and never adds", async () => {
    const virtual = virtualRuntime();
    const lives: number[] = [];
    for (let entry = 0; entry < 50; entry++) {
      const counted = counting();
      const cached = cache(counted.step, { key, ttlMs: 1_000 });
      await cached.execute("a", { runtime: virtual });
      await virtual.advance(899);
      let lived = 899;
      for (; counted.count === 1; lived += 3) {
        await cached.execute("a", { runtime: virtual });
        await virtual.advance(3);
      }
      lives.push(lived - 3);
    }
    expect(Math.min(...lives)).toBeGreaterThanOrEqual(900);
    expect(Math.min(...lives)).toBeLessThan(950);
    expect(Math.max(...lives)).toBeLessThanOrEqual(1_002);
    expect(Math.max(...lives)).toBeGreaterThan(950);
  });
});

describe("a wall clock that is set", () => {
  it("makes no value in memory older or younger", async () => {
    const clock = { real: false, wallMs: 0, monotonicMs: 0, startTimer: () => () => undefined };
    const machine = {
      kind: "test",
      clock: { ...clock, now: () => clock.wallMs, elapsed: () => clock.monotonicMs },
      random: () => 0,
      newId: () => "id",
    };
    const runtime: RuntimeSource = {
      start: ({ scope, home }) => new InProcessRuntime(scope, home, machine),
    };
    const counted = counting();
    const cached = cache(counted.step, { key, ttlMs: 100 });
    const get = (): Promise<number> => cached.execute("a", { runtime });
    expect(await get()).toBe(1);
    clock.wallMs += 3_600_000;
    expect(await get()).toBe(1);
    clock.wallMs -= 7_200_000;
    clock.monotonicMs += 100;
    expect(await get()).toBe(2);
  });
});

describe("a refresh in the background", () => {
  async function stale(options: Partial<CacheOptions<string, string>> = {}): Promise<{
    readonly virtual: ReturnType<typeof virtualRuntime>;
    readonly calls: Call<string>[];
    readonly get: (init?: ContextInit) => Promise<string>;
  }> {
    const virtual = virtualRuntime();
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 100, ttlJitter: 0, staleMs: 1_000, ...options });
    const get = (init?: ContextInit): Promise<string> =>
      cached.execute("a", { ...init, runtime: virtual, correlationId: "req-1" });
    const first = get();
    await turn();
    calls[0]!.resolve("old");
    await first;
    await virtual.advance(100);
    return { virtual, calls, get };
  }

  it("is one, however many callers are served the old value meanwhile", async () => {
    const { calls, get, virtual } = await stale();
    expect(await Promise.all(Array.from({ length: 100 }, () => get()))).toEqual(
      Array(100).fill("old"),
    );
    expect(calls).toHaveLength(2);
    calls[1]!.resolve("new");
    await turn();
    expect(await get()).toBe("new");
    expect(lookups()).toEqual([101, 1, 102]);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("goes on although the run that started it has settled", async () => {
    const { calls, get } = await stale();
    await get();
    expect(calls[1]!.context.signal.aborted).toBe(false);
    expect(calls[1]!.context.correlationId).toBe("req-1");
    calls[1]!.resolve("new");
    await turn();
    expect(await get()).toBe("new");
  });

  it("is logged when it fails, and tried again by the next caller", async () => {
    const { calls, get } = await stale();
    expect(await get()).toBe("old");
    const error = Object.assign(new Error("backend down"), { code: "E_DOWN" });
    calls[1]!.reject(error);
    await turn();
    expect(logged.filter(({ event }) => event.startsWith("cache"))).toEqual([
      expect.objectContaining({
        event: "cache.refresh_failed",
        level: "warn",
        primitiveName: "step",
        correlationId: "req-1",
        fields: { error_type: "E_DOWN", error_message: "backend down" },
        error,
      }),
    ]);
    expect(await get()).toBe("old");
    expect(calls).toHaveLength(3);
    calls[2]!.resolve("new");
    await turn();
    expect(await get()).toBe("new");
  });

  it("is stopped after refreshTimeoutMs", async () => {
    const { calls, get, virtual } = await stale({ refreshTimeoutMs: 50 });
    const began = virtual.nowMs;
    await get();
    expect(calls[1]!.context.deadlineMs! - began).toBe(50);
    await virtual.advance(49);
    expect(calls[1]!.context.signal.aborted).toBe(false);
    await virtual.advance(1);
    expect(calls[1]!.context.signal.reason).toMatchObject({ code: "TIMEOUT", timeoutMs: 50 });
    await turn();
    expect(logged.map(({ event }) => event)).toContain("cache.refresh_failed");
    expect(virtual.pendingTimers).toBe(0);
  });

  it("may take half a minute unless told otherwise", async () => {
    const { calls, get, virtual } = await stale();
    await get();
    await virtual.advance(29_999);
    expect(calls[1]!.context.signal.aborted).toBe(false);
    await virtual.advance(1);
    expect(calls[1]!.context.signal.aborted).toBe(true);
  });

  it("serves those who come when the old value is past all use, and lasts for them", async () => {
    const { calls, get, virtual } = await stale({ staleMs: 20, refreshTimeoutMs: 50 });
    expect(await get()).toBe("old");
    await virtual.advance(30);
    const waiting = get();
    await virtual.advance(100);
    // Its own time is over, but somebody waits.
    expect(calls[1]!.context.signal.aborted).toBe(false);
    calls[1]!.resolve("new");
    expect(await waiting).toBe("new");
    expect(calls).toHaveLength(2);
    expect(lookups()).toEqual([2, 1, 3]);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("is not stopped by a caller that joined it and left", async () => {
    const { calls, get, virtual } = await stale({ staleMs: 20 });
    expect(await get()).toBe("old");
    await virtual.advance(30);
    const controller = new AbortController();
    const gone = get({ signal: controller.signal });
    controller.abort("gone");
    await expect(gone).rejects.toBe("gone");
    expect(calls[1]!.context.signal.aborted).toBe(false);
    calls[1]!.resolve("new");
    await turn();
    expect(await get()).toBe("new");
    expect(calls).toHaveLength(2);
  });
});

describe("staleIfErrorMs", () => {
  async function expired(): Promise<{
    readonly virtual: ReturnType<typeof virtualRuntime>;
    readonly calls: Call<string>[];
    readonly get: () => Promise<string>;
  }> {
    const virtual = virtualRuntime();
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 100, ttlJitter: 0, staleIfErrorMs: 50 });
    const get = (): Promise<string> => cached.execute("a", { runtime: virtual });
    const first = get();
    await turn();
    calls[0]!.resolve("old");
    await first;
    await virtual.advance(120);
    return { virtual, calls, get };
  }

  it("serves the old value instead of the error, to everybody who waits", async () => {
    const { calls, get, virtual } = await expired();
    const all = [get(), get()];
    await turn();
    const error = new Error("backend down");
    calls[1]!.reject(error);
    expect(await Promise.all(all)).toEqual(["old", "old"]);
    expect(calls).toHaveLength(2);
    expect(lookups()).toEqual([2, 1, 3]);
    expect(logged.filter(({ event }) => event === "cache.stale_served")).toEqual([
      expect.objectContaining({ level: "warn", error }),
      expect.objectContaining({ level: "warn", error }),
    ]);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("serves the new value when loading succeeds", async () => {
    const { calls, get } = await expired();
    const run = get();
    await turn();
    calls[1]!.resolve("new");
    expect(await run).toBe("new");
    expect(lookups()).toEqual([0, 2, 2]);
  });

  it("ends while the load is under way", async () => {
    const { calls, get, virtual } = await expired();
    const run = get();
    await virtual.advance(30);
    calls[1]!.reject(new Error("backend down"));
    await expect(run).rejects.toThrow("backend down");
    expect(lookups()).toEqual([0, 2, 2]);
  });

  it("is no help to a caller that aborts", async () => {
    const { calls, virtual } = await expired();
    const controller = new AbortController();
    const { step } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 100, staleIfErrorMs: 50 });
    const run = cached.execute("a", { runtime: virtual, signal: controller.signal });
    controller.abort("gone");
    await expect(run).rejects.toBe("gone");
    expect(calls).toHaveLength(1);
  });
});

describe("an async iterable", () => {
  async function* numbers(): AsyncGenerator<number> {
    yield 1;
    await turn();
    yield 2;
  }
  const collect = async (stream: AsyncIterable<number>): Promise<readonly number[]> => {
    const all: number[] = [];
    for await (const one of stream) all.push(one);
    return all;
  };

  it("is passed through, one to each caller, and counted as a miss", async () => {
    let calls = 0;
    const cached = cache(
      async (_input: string) => {
        calls++;
        await turn();
        return numbers();
      },
      { key, ttlMs: 1_000 },
    );
    const streams = await Promise.all([
      cached.execute("a"),
      cached.execute("a"),
      cached.execute("a"),
    ]);
    expect(new Set(streams).size).toBe(3);
    expect(await Promise.all(streams.map(collect))).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(await collect(await cached.execute("a"))).toEqual([1, 2]);
    expect(calls).toBe(4);
    expect(lookups()).toEqual([0, 4, 4]);
    expect(count("cache.entries")).toBe(0);
  });

  it("does not keep later values from being remembered", async () => {
    let calls = 0;
    const cached = cache(
      async (_input: string): Promise<AsyncIterable<number> | number> =>
        ++calls === 1 ? numbers() : calls,
      { key, ttlMs: 1_000 },
    );
    await collect((await cached.execute("a")) as AsyncIterable<number>);
    expect([await cached.execute("a"), await cached.execute("a")]).toEqual([2, 2]);
  });

  it("is stopped with the run that consumes it", async () => {
    let signal: AbortSignal | undefined;
    const cached = cache(
      async (_input: string, context: WorkflowContext) => {
        ({ signal } = context);
        return numbers();
      },
      { key, ttlMs: 1_000 },
    );
    const controller = new AbortController();
    await cached.execute("a", { signal: controller.signal });
    expect(signal!.aborted).toBe(false);
    controller.abort("gone");
    expect(signal!.aborted).toBe(true);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("leaves no listener behind when it has been consumed", async () => {
    const controller = new AbortController();
    const cached = cache(async (_input: string) => numbers(), { key, ttlMs: 1_000 });
    await collect(await cached.execute("a", { signal: controller.signal }));
    await turn();
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  it("is given up when the caller it was loaded for has gone", async () => {
    const { step, calls } = scripted<AsyncIterable<number>>();
    const cached = cache(step, { key, ttlMs: 1_000 });
    const controller = new AbortController();
    const gone = cached.execute("a", { signal: controller.signal }).catch(String);
    const patient = cached.execute("a");
    await turn();
    controller.abort("gone");
    calls[0]!.resolve(numbers());
    await turn();
    expect(calls[0]!.context.signal.aborted).toBe(true);
    calls[1]!.resolve(numbers());
    expect(await gone).toBe("gone");
    expect(await collect(await patient)).toEqual([1, 2]);
  });
});

describe("nothing is left", () => {
  it("of listeners on the callers' signals, nor of timers, when everything has settled", async () => {
    const virtual = virtualRuntime();
    const { step, calls } = scripted<string>();
    const cached = cache(step, {
      key,
      ttlMs: 100,
      ttlJitter: 0,
      staleMs: 100,
      staleIfErrorMs: 500,
    });
    const controllers = Array.from({ length: 10 }, () => new AbortController());
    const all = controllers.map(({ signal }) =>
      cached.execute("a", { runtime: virtual, signal, timeoutMs: 5_000 }).catch(String),
    );
    await turn();
    controllers[3]!.abort("gone");
    calls[0]!.resolve("old");
    await Promise.all(all);
    await virtual.advance(150);
    const again = controllers
      .slice(5)
      .map(({ signal }) => cached.execute("a", { runtime: virtual, signal, timeoutMs: 5_000 }));
    await Promise.all(again);
    calls[1]!.reject(new Error("no"));
    await turn();
    expect(virtual.pendingTimers).toBe(0);
    for (const { signal } of controllers)
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(count("primitive.execution.active")).toBe(0);
  });

  it("of listeners on the signal a caller shares with its whole run", async () => {
    const { step, calls } = scripted<string>();
    const cached = cache(step, { key, ttlMs: 100 });
    const controller = new AbortController();
    const run = workflow("w", parallel([cached, cached, cached])).execute("a", {
      signal: controller.signal,
    });
    await turn();
    calls[0]!.resolve("answer");
    await run;
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });
});

describe("a run that goes on", () => {
  it("keeps no listener for a lookup that has been answered", async () => {
    const slow: CacheStore = {
      get: async () => undefined,
      set: async () => undefined,
      delete: () => undefined,
    };
    async function* numbers(): AsyncGenerator<number> {
      yield 1;
    }
    const load = async (): Promise<string> => "answer";
    const options = { key, ttlMs: 1_000 };
    let listening = 0;
    const watch = named("watch", (input: string, context) => {
      const { scope } = (context as CallContext).branch;
      const onAbort = scope.onAbort.bind(scope);
      scope.onAbort = (listener) => {
        const unlisten = onAbort(listener);
        listening++;
        return () => {
          listening--;
          return unlisten();
        };
      };
      return input;
    });
    let most = 0;
    const note = named("note", (value: unknown) => {
      most = Math.max(most, listening);
      return value as string;
    });
    const consume = named("consume", async (stream: AsyncIterable<number>) => {
      for await (const one of stream) most = Math.max(most, listening, one);
      return "a";
    });
    const run = sequential(
      watch,
      cache(numbers, options),
      consume,
      cache(load, options),
      cache(load, { ...options, store: slow }),
      note,
    );
    await run.execute("a");
    await turn();
    expect(most).toBeGreaterThan(1);
    expect(listening).toBe(0);
  });
});

describe("wrong options", () => {
  const step = async (input: string): Promise<string> => input;
  const good = { key, ttlMs: 1_000 };
  it.each([
    ["cache(step, options)", undefined, TypeError],
    ["cache({ key })", { ttlMs: 1 }, TypeError],
    ["cache({ ttlMs })", { key }, TypeError],
    ["cache({ ttlMs })", { key, ttlMs: 0 }, RangeError],
    ["cache({ ttlMs })", { key, ttlMs: Infinity }, RangeError],
    ["cache({ staleMs })", { ...good, staleMs: -1 }, RangeError],
    ["cache({ staleIfErrorMs })", { ...good, staleIfErrorMs: "1" }, TypeError],
    ["cache({ ttlJitter })", { ...good, ttlJitter: 1.1 }, RangeError],
    ["cache({ maxEntries })", { ...good, maxEntries: 0 }, RangeError],
    ["cache({ maxEntries })", { ...good, maxEntries: 2.5 }, RangeError],
    ["cache({ maxEntries })", { ...good, maxEntries: 1e12 }, RangeError],
    ["cache({ store })", { ...good, store: {} }, TypeError],
    ["cache({ store })", { ...good, store: null }, TypeError],
    ["cache({ tenant })", { ...good, tenant: "acme" }, TypeError],
    ["cache({ costUsd })", { ...good, costUsd: -1 }, RangeError],
    ["cache({ costUsd })", { ...good, costUsd: "1" }, TypeError],
    ["cache({ refreshTimeoutMs })", { ...good, refreshTimeoutMs: 0 }, RangeError],
    ["cache({ storeTimeoutMs })", { ...good, storeTimeoutMs: -5 }, RangeError],
    ["cache({ type })", { ...good, type: "" }, TypeError],
  ])("are named: %s %j", (name, options, error) => {
    const make = (): unknown => cache(step, options as never);
    expect(make).toThrow(error);
    expect(make).toThrow(name);
  });

  it("are told from a wrong step", () => {
    expect(() => cache(7 as never, good as never)).toThrow("cache(): step");
  });
});
