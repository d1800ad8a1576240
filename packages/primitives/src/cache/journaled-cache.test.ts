import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import type { Runtime } from "../runtime/port.ts";
import type { RuntimeSource } from "../runtime/source.ts";
import { slot } from "../slot.ts";
import { rehearse } from "../testing/rehearse.ts";
import { cache } from "./cache.ts";
import type { CacheEntry } from "./cache-store.ts";

const key = (input: string): string => input;

let before: Registry;
beforeEach(() => {
  before = slot().registry;
  slot().registry = createRegistry();
});
afterEach(() => {
  slot().registry = before;
});

function count(name: string): number {
  const metric = slot()
    .registry.snapshot()
    .metrics.find((one) => one.name === name);
  return (metric?.series ?? []).reduce(
    (sum, series) => sum + (series as { readonly value: number }).value,
    0,
  );
}

/** Records steps by path, as JSON, and feeds back what it has. The least of a journal that shows what is recorded. */
function journal(recorded = new Map<string, string>()): {
  readonly source: RuntimeSource;
  readonly recorded: Map<string, string>;
} {
  const refuse = (): never => {
    throw new Error("not in this test");
  };
  const source: RuntimeSource = {
    start({ scope }): Runtime {
      let left = recorded.size;
      return {
        kind: "journal",
        inline: false,
        wallClock: false,
        get replaying() {
          return left > 0;
        },
        signal: scope.signal,
        ended: new AbortController().signal,
        now: () => 1_000 + recorded.size,
        elapsed: () => recorded.size,
        random: () => 0.5,
        newId: () => "id",
        async step(path, run, options) {
          const known = recorded.get(path);
          if (known !== undefined) {
            left--;
            const { error, value } = JSON.parse(known) as { error?: string; value?: never };
            if (error !== undefined) throw new Error(error);
            return value as never;
          }
          try {
            const value = await run({ signal: scope.signal, state: options!.state });
            recorded.set(path, JSON.stringify({ value }));
            return value;
          } catch (error) {
            recorded.set(path, JSON.stringify({ error: (error as Error).message }));
            throw error;
          }
        },
        sleep: refuse,
        waitFor: refuse,
        fork: refuse,
        shielded: refuse,
      };
    },
  };
  return { source, recorded };
}

describe("a cache on a runtime that journals", () => {
  it("records the lookup, the call and the storing, each by itself", async () => {
    const { source, recorded } = journal();
    const step = async (input: string): Promise<string> => `${input}!`;
    const cached = cache(step, { key, ttlMs: 60_000 });
    expect(await cached.execute("a", { runtime: source })).toBe("a!");
    expect([...recorded]).toEqual([
      ["step/get", JSON.stringify({ value: { key: "a", kind: "absent" } })],
      ["step/body:step", JSON.stringify({ value: "a!" })],
      ["step/put", JSON.stringify({})],
    ]);
    const second = journal();
    expect(await cached.execute("a", { runtime: second.source })).toBe("a!");
    expect([...second.recorded]).toEqual([
      ["step/get", JSON.stringify({ value: { key: "a", kind: "fresh", value: "a!" } })],
    ]);
    expect([count("cache.hits"), count("cache.misses"), count("cache.total")]).toEqual([1, 1, 2]);
  });

  it("goes by its journal when it is replayed: nothing is looked up, called, stored or counted again", async () => {
    const { source, recorded } = journal();
    let calls = 0;
    const step = async (_input: string): Promise<number> => ++calls;
    const cached = cache(step, { key, ttlMs: 60_000 });
    expect(await cached.execute("a", { runtime: source })).toBe(1);
    const asked: string[] = [];
    const again = cache(step, {
      key: (input) => {
        asked.push(input);
        return input;
      },
      ttlMs: 60_000,
    });
    for (let length = recorded.size; length > 0; length--) {
      const prefix = new Map([...recorded].slice(0, length));
      expect(await again.execute("a", { runtime: journal(prefix).source })).toBe(
        length === 1 ? 2 : 1,
      );
    }
    expect(asked).toEqual([]);
    expect(calls).toBe(2);
  });

  it("counts nothing while it is replayed", async () => {
    const { source, recorded } = journal();
    const cached = cache(async (input: string) => input, { key, ttlMs: 60_000, costUsd: 1 });
    const run = sequential(cached, cached, async (input: string) => input);
    await run.execute("a", { runtime: source });
    expect(count("cache.total")).toBe(2);
    await run.execute("a", { runtime: journal(recorded).source });
    expect([count("cache.total"), count("cache.cost_savings.usd")]).toEqual([2, 1]);
  });

  it("serves nobody the old value whose run is aborted", async () => {
    let hangs = false;
    const search = (_input: string, { signal }: WorkflowContext): Promise<string> =>
      new Promise((resolve, reject) => {
        if (!hangs) resolve("old");
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      });
    const cached = cache(search, { key, ttlMs: 0.001, staleMs: 60_000 });
    await cached.execute("a", { runtime: journal().source });
    await turn();
    hangs = true;
    const controller = new AbortController();
    const run = cached.execute("a", { runtime: journal().source, signal: controller.signal });
    await turn();
    controller.abort("gone");
    await expect(run).rejects.toBe("gone");
    expect([count("cache.hits"), count("cache.misses")]).toEqual([0, 2]);
  });

  it("does not share a load between runs", async () => {
    let calls = 0;
    const step = async (_input: string): Promise<number> => {
      await turn();
      return ++calls;
    };
    const cached = cache(step, { key, ttlMs: 60_000 });
    const run = (): Promise<number> => cached.execute("a", { runtime: journal().source });
    expect((await Promise.all([run(), run()])).toSorted()).toEqual([1, 2]);
    expect(count("cache.misses")).toBe(2);
  });

  it("loads anew what is past its time, and serves the old value when that fails", async () => {
    let outcome: () => string = () => "old";
    const step = async (_input: string): Promise<string> => outcome();
    const entries = new Map<string, CacheEntry>();
    const store = {
      get: (name: string) => entries.get(name),
      set: (name: string, entry: CacheEntry) => void entries.set(name, entry),
      delete: (name: string) => entries.delete(name),
    };
    const cached = cache(step, { key, ttlMs: 1_000, staleMs: 60_000, store });
    const run = (): Promise<string> => cached.execute("a", { runtime: journal().source });
    expect(await run()).toBe("old");
    const age = (ms: number): void => {
      const entry = entries.get("a")!;
      entries.set("a", { ...entry, storedAtMs: entry.storedAtMs - ms });
    };
    age(2_000);
    outcome = () => {
      throw new Error("backend down");
    };
    expect(await run()).toBe("old");
    expect([count("cache.hits"), count("cache.misses")]).toEqual([1, 1]);
    outcome = () => "new";
    expect(await run()).toBe("new");
    age(100_000);
    outcome = () => {
      throw new Error("backend down");
    };
    await expect(run()).rejects.toThrow("backend down");
    expect(entries.size).toBe(0);
    expect([count("cache.hits"), count("cache.misses")]).toEqual([1, 3]);
  });

  it("does without a store that fails", async () => {
    const { source, recorded } = journal();
    const fail = (): never => {
      throw new Error("store down");
    };
    const cached = cache(async (input: string) => input, {
      key,
      ttlMs: 1_000,
      store: { get: fail, set: fail, delete: fail },
    }).named("search");
    expect(await cached.execute("a", { runtime: source })).toBe("a");
    expect([...recorded.keys()]).toEqual(["search/get", "search/body"]);
    expect(count("cache.store.errors")).toBe(1);
  });

  it("refuses a key that is none", async () => {
    const cached = cache(async (input: string) => input, {
      key: () => undefined as never,
      ttlMs: 1_000,
    });
    await expect(cached.execute("a", { runtime: journal().source })).rejects.toThrow(
      "cache({ key })",
    );
  });

  it("is rehearsed from every moment of its journal without a problem, cold and warm", async () => {
    const search = async (query: string): Promise<string> => `page about ${query}`;
    const cached = cache(search, { key, ttlMs: 60_000, staleIfErrorMs: 60_000 });
    const twice = workflow("twice", sequential(cached, cached));
    const cold = await rehearse(twice, "a");
    expect(cold).toMatchObject({ result: "page about page about a", problems: [] });
    expect(cold.journal).toHaveLength(6);
    const warm = await rehearse(twice, "a");
    expect(warm).toMatchObject({ result: "page about page about a", problems: [] });
    expect(warm.journal).toHaveLength(2);
    expect(warm.replays).toBeGreaterThanOrEqual(2);
  });

  it("is rehearsed without a problem when the step fails, when the store fails, and when the run is aborted", async () => {
    const fail = (): never => {
      throw new Error("store down");
    };
    const failing = cache(
      async (_query: string): Promise<string> => {
        throw new Error("backend down");
      },
      { key, ttlMs: 60_000 },
    );
    const failed = await rehearse(workflow("failing", failing), "a");
    expect(failed).toMatchObject({ error: { message: "backend down" }, problems: [] });
    const unstored = cache(async (query: string) => query, {
      key,
      ttlMs: 60_000,
      store: { get: fail, set: fail, delete: fail },
    });
    expect(await rehearse(workflow("unstored", unstored), "a")).toMatchObject({
      result: "a",
      problems: [],
    });
    const slow = cache(
      async (query: string, context) => {
        await context.sleep("nap", 1_000);
        return query;
      },
      { key, ttlMs: 60_000 },
    );
    const aborted = await rehearse(workflow("slow", slow), "a", {
      abort: { afterMs: 500, reason: "gone" },
    });
    expect(aborted).toMatchObject({ error: "gone", problems: [] });
  });
});
