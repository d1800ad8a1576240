import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { step as named } from "../define.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { retry } from "../recovery/retry.ts";
import { slot } from "../slot.ts";
import type { LogEvent } from "../telemetry/log-event.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { cache } from "./cache.ts";
import type { CacheOptions } from "./cache-options.ts";
import type { CacheEntry, CachePut, CacheStore } from "./cache-store.ts";

const key = (input: string): string => input;

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

function count(name: string, ...labels: readonly string[]): number {
  const metric = slot()
    .registry.snapshot()
    .metrics.find((one) => one.name === name);
  return (metric?.series ?? [])
    .filter(({ labelValues }) => labels.every((label) => labelValues.includes(label)))
    .reduce((sum, series) => sum + (series as { readonly value: number }).value, 0);
}

/** A store elsewhere: it keeps JSON, and answers when the test says so, or at once. */
class RemoteStore implements CacheStore {
  readonly type = "remote";
  readonly json = new Map<string, string>();
  readonly puts: CachePut[] = [];
  readonly asked: string[] = [];
  /** Waited for by every call. */
  gate: () => Promise<void> = async () => undefined;

  async get(name: string): Promise<CacheEntry | undefined> {
    this.asked.push(`get ${name}`);
    // Read before the answer travels, as a server does.
    const found = this.json.get(name);
    await this.gate();
    return found === undefined ? undefined : (JSON.parse(found) as CacheEntry);
  }
  async set(name: string, entry: CacheEntry, put: CachePut): Promise<void> {
    this.asked.push(`set ${name}`);
    this.puts.push(put);
    await this.gate();
    this.json.set(name, JSON.stringify(entry));
  }
  async delete(name: string): Promise<void> {
    this.asked.push(`delete ${name}`);
    await this.gate();
    this.json.delete(name);
  }
}

function counting(): { readonly step: (input: string) => Promise<number>; calls: number } {
  const counted = { calls: 0, step: async (_input: string): Promise<number> => ++counted.calls };
  return counted;
}

function cached(
  store: CacheStore,
  options: Partial<CacheOptions<string, number>> = {},
): {
  readonly counted: ReturnType<typeof counting>;
  readonly virtual: ReturnType<typeof virtualRuntime>;
  readonly get: (input?: string, signal?: AbortSignal) => Promise<number>;
} {
  const counted = counting();
  const virtual = virtualRuntime();
  const primitive = cache(counted.step, { key, ttlMs: 1_000, ttlJitter: 0, store, ...options });
  return {
    counted,
    virtual,
    get: (input = "a", signal?: AbortSignal) =>
      primitive.execute(input, { runtime: virtual, signal }),
  };
}

const never = (): Promise<never> => new Promise(() => undefined);
const failing = (): never => {
  throw new Error("store down");
};
const rejecting = async (): Promise<never> => failing();
const silent: CacheStore = { get: () => undefined, set: () => undefined, delete: () => undefined };

describe("a store of one's own", () => {
  it("is asked, and given what was loaded", async () => {
    const store = new RemoteStore();
    const { get, counted, virtual } = cached(store, { staleMs: 300, staleIfErrorMs: 200 });
    expect(await get()).toBe(1);
    expect(await get()).toBe(1);
    expect(counted.calls).toBe(1);
    expect(store.asked).toEqual(["get a", "set a", "get a"]);
    expect(JSON.parse(store.json.get("a")!)).toEqual({
      value: 1,
      storedAtMs: virtual.nowMs,
      ttlMs: 1_000,
    });
    expect(store.puts[0]!.maxAgeMs).toBe(1_300);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("names the cache's type, unless the options do", async () => {
    await cached(new RemoteStore()).get();
    await cached(silent).get();
    await cached(new RemoteStore(), { type: "tiered" }).get();
    for (const type of ["remote", "custom", "tiered"])
      expect(count("cache.total", "step", type)).toBe(1);
  });

  it("keeps undefined although JSON does not", async () => {
    let calls = 0;
    const nothing = cache(
      async (_input: string): Promise<undefined> => {
        calls++;
      },
      { key, ttlMs: 1_000, store: new RemoteStore() },
    );
    expect(await nothing.execute("a")).toBeUndefined();
    expect(await nothing.execute("a")).toBeUndefined();
    expect(calls).toBe(1);
  });

  it("may be shared by two caches, in two processes for all they know", async () => {
    const store = new RemoteStore();
    const one = cached(store);
    const other = cached(store);
    expect(await one.get()).toBe(1);
    expect(await other.get()).toBe(1);
    expect(other.counted.calls).toBe(0);
  });

  it("is rid of entries past use", async () => {
    const store = new RemoteStore();
    const { get, virtual } = cached(store);
    await get();
    await virtual.advance(1_000);
    expect(await get()).toBe(2);
    expect(store.asked.slice(2)).toEqual(["get a", "delete a", "set a"]);
    expect(count("cache.evictions", "step", "expired")).toBe(1);
  });

  it("tells of what it threw out to make room", async () => {
    const store: CacheStore = { ...silent, set: (_key, _entry, put) => put.onEviction("full") };
    await cached(store).get();
    expect(count("cache.evictions", "step", "full")).toBe(1);
  });

  it("may ask several primitives at once", async () => {
    const backend = new Map<string, CacheEntry>();
    const tier = named("tier", async (name: string) => backend.get(name));
    const { get } = cached({
      async get(name) {
        const [near, far] = await Promise.all([tier.execute(name), tier.execute(name)]);
        return near ?? far;
      },
      set: (name, entry) => void backend.set(name, entry),
      delete: () => undefined,
    });
    expect([await get(), await get()]).toEqual([1, 1]);
    expect(count("cache.store.errors")).toBe(0);
  });

  it("may be built of primitives", async () => {
    const backend = new Map<string, CacheEntry>();
    const robust = retry(async (name: string) => backend.get(name), { attempts: 2 });
    const write = retry(
      async ([name, entry]: readonly [string, CacheEntry]) => void backend.set(name, entry),
      { attempts: 2 },
    );
    const { get } = cached({
      get: (name) => robust.execute(name),
      set: (name, entry) => write.execute([name, entry]),
      delete: () => undefined,
    });
    expect(await get()).toBe(1);
    expect(await get()).toBe(1);
    await turn();
    expect(backend.size).toBe(1);
    expect(count("execution.orphaned")).toBe(0);
    expect(count("cache.store.errors")).toBe(0);
  });
});

describe("callers of one key", () => {
  it("make one call although the store takes its time to answer each of them", async () => {
    const store = new RemoteStore();
    const { get, counted, virtual } = cached(store);
    const gates: (() => void)[] = [];
    store.gate = () =>
      new Promise((resolve) => {
        gates.push(resolve);
      });
    const all = Array.from({ length: 1_000 }, () => get());
    await turn();
    // One question for all of them.
    expect(gates).toHaveLength(1);
    gates[0]!();
    expect(new Set(await Promise.all(all))).toEqual(new Set([1]));
    // The value is still on its way into the store: who comes now shares it.
    expect(await get()).toBe(1);
    gates[1]!();
    await turn();
    const late = get();
    gates[2]!();
    expect(await late).toBe(1);
    expect(counted.calls).toBe(1);
    expect(count("cache.misses")).toBe(1);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("do not share a value that grew old on its way into the store", async () => {
    const store = new RemoteStore();
    const { get, counted, virtual } = cached(store, { ttlMs: 10, storeTimeoutMs: 100 });
    store.set = never;
    expect(await get()).toBe(1);
    await virtual.advance(9);
    expect(await get()).toBe(1);
    await virtual.advance(1);
    expect(await get()).toBe(2);
    expect(counted.calls).toBe(2);
    await virtual.advance(100);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("make one call although an older value is still on its way into the store", async () => {
    const ends: ((value: number) => void)[] = [];
    const virtual = virtualRuntime();
    const slow = cache(
      (_input: string) =>
        new Promise<number>((resolve) => {
          ends.push(resolve);
        }),
      { key, ttlMs: 10, ttlJitter: 0, storeTimeoutMs: 100, store: { ...silent, set: never } },
    );
    const get = (): Promise<number> => slow.execute("a", { runtime: virtual });
    const first = get();
    ends[0]!(1);
    expect(await first).toBe(1);
    await virtual.advance(20);
    const second = get();
    // The store is given up for the first value; the second is still being loaded.
    await virtual.advance(90);
    expect(count("cache.store.errors", "set_timeout")).toBe(1);
    const third = get();
    expect(ends).toHaveLength(2);
    ends[1]!(2);
    expect(await Promise.all([second, third])).toEqual([2, 2]);
    await virtual.advance(100);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("may leave while the store is asked; each is rejected at once, and the others are served", async () => {
    const store = new RemoteStore();
    const { get, virtual } = cached(store);
    let open = (): void => undefined;
    store.gate = () =>
      new Promise((resolve) => {
        open = resolve;
      });
    const controller = new AbortController();
    const gone = get("a", controller.signal);
    const patient = get("a");
    await turn();
    controller.abort("gone");
    await expect(gone).rejects.toBe("gone");
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    open();
    expect(await patient).toBe(1);
    open();
    await turn();
    expect(count("cache.misses")).toBe(2);
    expect(count("cache.total")).toBe(2);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("leave no timer when all of them leave while the store is asked", async () => {
    const store = new RemoteStore();
    store.get = never;
    const { get, counted, virtual } = cached(store);
    const controller = new AbortController();
    const all = [get("a", controller.signal), get("a", controller.signal)];
    await turn();
    controller.abort("gone");
    expect(await Promise.allSettled(all)).toMatchObject([{ reason: "gone" }, { reason: "gone" }]);
    expect(virtual.pendingTimers).toBe(0);
    expect(counted.calls).toBe(0);
    expect(count("cache.store.errors")).toBe(0);
  });
});

describe("a store that fails", () => {
  it.each([
    ["throws", failing],
    ["rejects", rejecting],
  ])("turns the cache off for the call, not the call itself: it %s", async (_how, fail) => {
    const { get, counted, virtual } = cached({ get: fail, set: fail, delete: fail });
    expect(await get()).toBe(1);
    expect(await get()).toBe(2);
    expect(counted.calls).toBe(2);
    // Not asked to store after it failed to answer.
    expect(count("cache.store.errors")).toBe(2);
    expect(count("cache.store.errors", "step", "get_failed")).toBe(2);
    expect(count("cache.misses")).toBe(2);
    expect(virtual.pendingTimers).toBe(0);
    expect(
      logged.map(({ event, fields }) => [event, fields["reason"], fields["error_message"]]),
    ).toEqual([
      ["cache.store_failed", "get_failed", "store down"],
      ["cache.store_failed", "get_failed", "store down"],
    ]);
  });

  it.each([
    ["throws", failing],
    ["rejects", rejecting],
  ])("to store costs nothing but the entry: it %s", async (_how, fail) => {
    const { get } = cached({ ...silent, set: fail });
    expect(await get()).toBe(1);
    expect(await get()).toBe(2);
    await turn();
    expect(count("cache.store.errors", "step", "set_failed")).toBe(2);
  });

  it.each([
    ["throws", failing],
    ["rejects", rejecting],
  ])("to delete costs nothing: it %s", async (_how, fail) => {
    const store = new RemoteStore();
    store.delete = fail;
    const { get, virtual } = cached(store);
    await get();
    await virtual.advance(1_000);
    expect(await get()).toBe(2);
    await turn();
    expect(count("cache.store.errors", "step", "delete_failed")).toBe(1);
  });

  it("leaves callers of one key sharing one load", async () => {
    const { get, counted } = cached({ ...silent, get: rejecting });
    expect(await Promise.all([get(), get(), get()])).toEqual([1, 1, 1]);
    expect(counted.calls).toBe(1);
    expect(count("cache.hits")).toBe(2);
  });

  it.each([["a string"], [7], [{}], [{ value: 1 }], [{ value: 1, storedAtMs: "x", ttlMs: 1 }]])(
    "to return an entry is treated as one that has none: %j",
    async (given) => {
      const store = new RemoteStore();
      store.json.set("a", JSON.stringify(given));
      const { get } = cached(store);
      expect(await get()).toBe(1);
      expect(await get()).toBe(1);
      expect(count("cache.store.errors", "step", "invalid_entry")).toBe(1);
    },
  );

  it("may return null for nothing", async () => {
    const { get } = cached({ ...silent, get: () => null as never });
    expect(await get()).toBe(1);
    expect(count("cache.store.errors")).toBe(0);
  });
});

describe("a store that hangs", () => {
  it("is waited for as long as storeTimeoutMs, then the call does without it", async () => {
    const { get, counted, virtual } = cached({ ...silent, get: never }, { storeTimeoutMs: 40 });
    const run = get();
    await virtual.advance(39);
    expect(counted.calls).toBe(0);
    await virtual.advance(1);
    expect(await run).toBe(1);
    expect(count("cache.store.errors", "step", "get_timeout")).toBe(1);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("is given half a second unless told otherwise", async () => {
    const { get, counted, virtual } = cached({ ...silent, get: never });
    const run = get();
    await virtual.advance(499);
    expect(counted.calls).toBe(0);
    await virtual.advance(1);
    expect(await run).toBe(1);
  });

  it("holds up nobody when it hangs on storing", async () => {
    const { get, virtual } = cached({ ...silent, set: never });
    const began = virtual.nowMs;
    expect(await get()).toBe(1);
    expect(virtual.nowMs).toBe(began);
    await virtual.advance(500);
    expect(count("cache.store.errors", "step", "set_timeout")).toBe(1);
    expect(virtual.pendingTimers).toBe(0);
    expect(await get()).toBe(2);
  });

  it("is asked anew once it has come back", async () => {
    const store = new RemoteStore();
    const { get, virtual } = cached(store);
    store.gate = never;
    const first = get();
    await virtual.advance(500);
    expect(await first).toBe(1);
    store.gate = async () => undefined;
    expect(await get()).toBe(2);
    expect(await get()).toBe(2);
  });

  it("is asked anew although others still wait for it", async () => {
    const store = new RemoteStore();
    const { get, virtual } = cached(store);
    store.gate = never;
    const first = get();
    await virtual.advance(400);
    const second = get();
    await virtual.advance(100);
    expect(await first).toBe(1);
    store.gate = async () => undefined;
    store.json.set("a", JSON.stringify({ value: 7, storedAtMs: virtual.nowMs, ttlMs: 1_000 }));
    expect(await get()).toBe(7);
    await virtual.advance(400);
    await second;
    expect(store.asked.filter((one) => one === "get a")).toHaveLength(2);
  });

  it("is asked anew when nobody waits for it any more", async () => {
    const store = new RemoteStore();
    const { get } = cached(store);
    store.gate = never;
    const controller = new AbortController();
    const gone = get("a", controller.signal);
    controller.abort("gone");
    await expect(gone).rejects.toBe("gone");
    store.gate = async () => undefined;
    expect(await get()).toBe(1);
    expect(store.asked.filter((one) => one === "get a")).toHaveLength(2);
  });

  it("may answer or fail later: nobody listens", async () => {
    let late = (_error: Error): void => undefined;
    const { get, virtual } = cached({
      ...silent,
      get: () =>
        new Promise((_resolve, reject) => {
          late = reject;
        }),
    });
    const run = get();
    await virtual.advance(500);
    expect(await run).toBe(1);
    late(new Error("too late"));
    await turn();
    expect(count("cache.store.errors")).toBe(1);
  });
});

describe("storing", () => {
  it("is not undone by the abort of the caller that started the load", async () => {
    const store = new RemoteStore();
    const loading = Promise.withResolvers<void>();
    const search = async (_input: string): Promise<number> => {
      loading.resolve();
      await turn();
      return 1;
    };
    const write = retry(async (work: () => Promise<void>) => work(), { attempts: 1 });
    const shared = cache(search, {
      key,
      ttlMs: 1_000,
      store: {
        get: (name) => store.get(name),
        set: (name, entry, put) => write.execute(() => store.set(name, entry, put)),
        delete: () => undefined,
      },
    });
    const controller = new AbortController();
    const gone = shared.execute("a", { signal: controller.signal }).catch(String);
    const patient = shared.execute("a");
    await loading.promise;
    controller.abort("gone");
    expect(await gone).toBe("gone");
    expect(await patient).toBe(1);
    await turn();
    expect(store.json.size).toBe(1);
    expect(count("cache.store.errors")).toBe(0);
  });
});
