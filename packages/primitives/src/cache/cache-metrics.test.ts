import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import type { NumberSeries } from "../metrics/snapshot.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { cache } from "./cache.ts";
import type { CacheOptions } from "./cache-options.ts";

const key = (input: string): string => input;
const step = async (input: string): Promise<string> => input;

let before: Registry;
beforeEach(() => {
  before = slot().registry;
  slot().registry = createRegistry();
});
afterEach(() => {
  slot().registry = before;
});

/** The series of a metric as an object: label values joined, value. */
function series(name: string): Readonly<Record<string, number>> {
  const metric = slot()
    .registry.snapshot()
    .metrics.find((one) => one.name === name);
  const rows = (metric?.series ?? []) as readonly NumberSeries[];
  return Object.fromEntries(rows.map(({ labelValues, value }) => [labelValues.join(" "), value]));
}

function searching(options: Partial<CacheOptions<string, string>> = {}, name = "search") {
  return cache(step, { key, ttlMs: 1_000, ...options }).named(name);
}

describe("the counters of a cache", () => {
  it("exist with 0 before the first lookup", () => {
    workflow("w", searching({ costUsd: 1 }));
    for (const name of ["cache.hits", "cache.misses", "cache.total"])
      expect(series(name)).toEqual({ "search memory": 0 });
    expect(series("cache.cost_savings.usd")).toEqual({ search: 0 });
    expect(series("cache.evictions")).toEqual({ "search capacity": 0, "search expired": 0 });
    expect(series("cache.store.errors")).toEqual({});
  });

  it("exist for every way in which a store of one's own can fail", () => {
    const store = { get: () => undefined, set: () => undefined, delete: () => undefined };
    workflow("w", searching({ store }));
    expect(Object.keys(series("cache.store.errors"))).toEqual([
      "search get_failed",
      "search get_timeout",
      "search invalid_entry",
      "search set_failed",
      "search set_timeout",
      "search delete_failed",
    ]);
  });

  it("are kept by name, type and nothing else", async () => {
    const cached = searching({ type: "tiered" });
    await workflow("one", cached).execute("a");
    await workflow("two", cached).execute("a", { agentType: "coordinator" });
    await sequential(cached, cached).execute("b");
    expect(series("cache.total")).toEqual({ "search tiered": 4 });
    expect(series("cache.hits")).toEqual({ "search tiered": 2 });
    expect(series("cache.misses")).toEqual({ "search tiered": 2 });
    expect(series("cache.entries")).toEqual({ search: 2 });
    expect(series("cache.hit_rate")).toEqual({ search: 0.5 });
  });

  it("tell entries that made room from entries past use", async () => {
    const virtual = virtualRuntime();
    const cached = searching({ maxEntries: 1, ttlJitter: 0 });
    await cached.execute("a", { runtime: virtual });
    await cached.execute("b", { runtime: virtual });
    await virtual.advance(1_000);
    await Promise.all([
      cached.execute("b", { runtime: virtual }),
      cached.execute("b", { runtime: virtual }),
    ]);
    expect(series("cache.evictions")).toEqual({ "search capacity": 1, "search expired": 1 });
  });
});

describe("what hits saved", () => {
  it("is a number for each of them, and nothing for a miss", async () => {
    const cached = searching({ costUsd: 0.25 });
    await Promise.all([cached.execute("a"), cached.execute("a")]);
    await cached.execute("a");
    expect(series("cache.cost_savings.usd")).toEqual({ search: 0.5 });
  });

  it("may depend on the value", async () => {
    const cached = searching({ costUsd: (value) => value.length / 100 });
    for (const input of ["a", "abc", "abc", "abc"]) await cached.execute(input);
    expect(series("cache.cost_savings.usd")).toEqual({ search: 0.06 });
  });

  it("is nothing where the shared load fails", async () => {
    const failing = async (_input: string): Promise<never> => {
      await turn();
      throw new Error("no");
    };
    const cached = cache(failing, { key, ttlMs: 1_000, costUsd: 1 });
    await Promise.allSettled([cached.execute("a"), cached.execute("a")]);
    expect(series("cache.hits")).toEqual({ "failing memory": 1 });
    expect(series("cache.cost_savings.usd")).toEqual({ failing: 0 });
  });

  it("cannot break a call: what is no amount is counted as dropped", async () => {
    const amounts = [Number.NaN, -1, new Error("no price")];
    const cached = searching({
      costUsd: () => {
        const amount = amounts.shift()!;
        if (amount instanceof Error) throw amount;
        return amount;
      },
    });
    for (let lookup = 0; lookup < 4; lookup++) expect(await cached.execute("a")).toBe("a");
    expect(series("cache.cost_savings.usd")).toEqual({ search: 0 });
    expect(series("telemetry.dropped")).toMatchObject({
      not_finite: 1,
      negative: 1,
      callback_error: 1,
    });
  });
});

describe("the gauges of caches", () => {
  it("say hits by lookups, and nothing before the first", async () => {
    const cached = searching();
    workflow("w", cached);
    expect(series("cache.hit_rate")).toEqual({});
    expect(series("telemetry.dropped")["not_finite"]).toBe(0);
    for (let lookup = 0; lookup < 4; lookup++) await cached.execute("a");
    expect(series("cache.hit_rate")).toEqual({ search: 0.75 });
  });

  it("count the entries there are", async () => {
    const cached = searching({ maxEntries: 2 });
    for (const input of ["a", "b", "c"]) await cached.execute(input);
    expect(series("cache.entries")).toEqual({ search: 2 });
  });

  it("add up caches of one name", async () => {
    const [one, other] = [searching(), searching()];
    await one.execute("a");
    await other.execute("a");
    await other.execute("a");
    await searching({}, "fetch").execute("a");
    expect(series("cache.entries")).toEqual({ search: 2, fetch: 1 });
    expect(series("cache.hit_rate")).toEqual({ search: 1 / 3, fetch: 0 });
    expect(series("telemetry.dropped")["duplicate_series"]).toBe(0);
  });

  it("are read once a registry, whatever the number of caches and calls", async () => {
    const { registry } = slot();
    const observed: string[] = [];
    slot().registry = {
      ...registry,
      observe: (name, read) => {
        observed.push(name);
        return registry.observe(name, read);
      },
    };
    for (let index = 0; index < 20; index++) {
      const cached = searching({}, `search-${index % 3}`);
      for (let lookup = 0; lookup < 3; lookup++) await cached.execute("a");
    }
    expect(observed).toEqual(["cache.hit_rate", "cache.entries"]);
  });

  it("leave out the entries of a store that does not know them", async () => {
    const store = { get: () => undefined, set: () => undefined, delete: () => undefined };
    await searching({ store }).execute("a");
    await searching({ store: { ...store, size: 7 } }, "sized").execute("a");
    expect(series("cache.entries")).toEqual({ sized: 7 });
  });

  it("keep no cache alive, and say nothing of one that is gone", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const watched = await (async () => {
      const big = { text: "x".repeat(1_000) };
      await cache(async (_input: string) => big, { key, ttlMs: 60_000 })
        .named("short-lived")
        .execute("a");
      expect(series("cache.entries")).toEqual({ "short-lived": 1 });
      return new WeakRef(big);
    })();
    const kept = searching();
    await kept.execute("a");
    for (let round = 0; round < 5; round++) {
      await turn();
      collect();
    }
    expect(watched.deref()).toBeUndefined();
    expect(series("cache.entries")).toEqual({ search: 1 });
    expect(series("cache.hit_rate")).toEqual({ search: 0 });
    expect(kept.name).toBe("search");
  });
});
