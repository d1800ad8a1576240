import * as fc from "fast-check";
import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../context.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { cache } from "./cache.ts";
import type { CacheEntry, CacheStore } from "./cache-store.ts";

const TTL_MS = 100;
const STALE_MS = 50;
const STALE_IF_ERROR_MS = 80;
const REFRESH_TIMEOUT_MS = 60;
const OLDEST_MS = TTL_MS + STALE_IF_ERROR_MS;

type Command =
  | { readonly does: "call"; readonly key: string; readonly timeoutMs: number | undefined }
  | { readonly does: "abort"; readonly who: number }
  | { readonly does: "finish"; readonly key: string; readonly succeeds: boolean };
/** What happens in one turn, and how much time passes after it. */
interface Batch {
  readonly commands: readonly Command[];
  readonly passMs: number;
}

const keys = fc.constantFrom("a", "b");
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("call" as const),
      key: keys,
      timeoutMs: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("abort" as const), who: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("finish" as const),
      key: keys,
      succeeds: fc.boolean(),
    }),
  },
);
const scriptOf = (commandsAtOnce: number): fc.Arbitrary<readonly Batch[]> =>
  fc.array(
    fc.record({
      commands: fc.array(command, { minLength: 1, maxLength: commandsAtOnce }),
      passMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90 })),
    }),
    { minLength: 1, maxLength: 25 },
  );

interface Load {
  readonly id: number;
  readonly key: string;
  readonly starter: number | undefined;
  readonly waiting: Set<number>;
  readonly fallback: Stored | undefined;
  /** When a refresh has had its time; undefined for a load that callers wait for. */
  readonly heldUntilMs: number | undefined;
  outcome: boolean | undefined;
}
interface Stored {
  readonly value: string;
  readonly atMs: number;
}

/** What a cache does, in plain words: no promises, no scopes, no spans. */
class Model {
  nowMs = 0;
  hits = 0;
  misses = 0;
  readonly loads: { aborted: boolean }[] = [];
  /** What each caller got; undefined while it waits. */
  readonly callers: (string | undefined)[] = [];
  readonly #deadlines: (number | undefined)[] = [];
  readonly #entries = new Map<string, Stored>();
  readonly #running = new Map<string, Load>();

  call(key: string, timeoutMs: number | undefined): void {
    const who = this.callers.push(undefined) - 1;
    this.#deadlines[who] = timeoutMs === undefined ? undefined : this.nowMs + timeoutMs;
    const running = this.#running.get(key);
    if (running !== undefined && running.heldUntilMs === undefined) {
      running.waiting.add(who);
      return;
    }
    const entry = this.#entries.get(key);
    const pastMs = entry === undefined ? Infinity : this.nowMs - entry.atMs - TTL_MS;
    if (pastMs < STALE_MS) {
      this.hits++;
      this.callers[who] = entry!.value;
      if (pastMs >= 0 && running === undefined) this.#start(key, undefined, entry);
      return;
    }
    if (running !== undefined) running.waiting.add(who);
    else this.#start(key, who, pastMs < STALE_IF_ERROR_MS ? entry : undefined);
  }

  abort(who: number, reason = "gone"): void {
    if (this.callers[who] !== undefined) return;
    this.callers[who] = reason;
    const load = [...this.#running.values()].find(({ waiting }) => waiting.has(who))!;
    load.waiting.delete(who);
    if (who === load.starter) this.misses++;
    else this.hits++;
    this.#stopIfUnwanted(load);
  }

  /** The load that a finish is for, while it has not finished. */
  running(key: string): number | undefined {
    const load = this.#running.get(key);
    return load?.outcome === undefined ? load?.id : undefined;
  }

  finish(key: string, succeeds: boolean): void {
    const load = this.#running.get(key);
    if (load !== undefined) load.outcome ??= succeeds;
  }

  /** The end of a turn: what has finished arrives. */
  arrive(): void {
    for (const load of this.#running.values()) {
      if (load.outcome === undefined) continue;
      this.#running.delete(load.key);
      const loaded: Stored = { value: `${load.key}${load.id}`, atMs: this.nowMs };
      if (load.outcome) this.#entries.set(load.key, loaded);
      const served = load.outcome ? loaded : this.#usable(load.fallback);
      for (const who of load.waiting) {
        this.callers[who] = served?.value ?? `failed ${load.id}`;
        // A starter that is served the old value instead of the error got it from the cache.
        if (who === load.starter && (load.outcome || served === undefined)) this.misses++;
        else this.hits++;
      }
    }
  }

  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed++) {
      this.nowMs++;
      for (const [who, deadline] of this.#deadlines.entries())
        if (deadline === this.nowMs) this.abort(who, "late");
      for (const load of this.#running.values()) this.#stopIfUnwanted(load);
    }
  }

  #usable(entry: Stored | undefined): Stored | undefined {
    return entry !== undefined && this.nowMs - entry.atMs < OLDEST_MS ? entry : undefined;
  }

  #start(key: string, starter: number | undefined, fallback: Stored | undefined): void {
    const id = this.loads.push({ aborted: false }) - 1;
    const waiting = new Set(starter === undefined ? [] : [starter]);
    const heldUntilMs = starter === undefined ? this.nowMs + REFRESH_TIMEOUT_MS : undefined;
    this.#running.set(key, {
      id,
      key,
      starter,
      waiting,
      fallback,
      heldUntilMs,
      outcome: undefined,
    });
  }

  #stopIfUnwanted(load: Load): void {
    const isHeld = load.heldUntilMs !== undefined && this.nowMs < load.heldUntilMs;
    if (load.waiting.size > 0 || isHeld || this.#running.get(load.key) !== load) return;
    this.#running.delete(load.key);
    this.loads[load.id]!.aborted = true;
  }
}

/** The cache, and what the test sees of it. */
class System {
  readonly virtual = virtualRuntime();
  readonly callers: (string | undefined)[] = [];
  readonly controllers: AbortController[] = [];
  /** Age of the oldest value that anybody was served. */
  oldestMs = 0;
  readonly calls: {
    readonly key: string;
    readonly signal: AbortSignal;
    isOver: boolean;
    readonly end: (succeeds: boolean) => void;
  }[] = [];
  /** When each value was loaded. */
  readonly #born = new Map<string, number>();
  readonly #cached;

  constructor(store?: CacheStore) {
    this.#cached = cache((key: string, context: WorkflowContext) => this.#load(key, context), {
      key: (key) => key,
      ttlMs: TTL_MS,
      ttlJitter: 0,
      staleMs: STALE_MS,
      staleIfErrorMs: STALE_IF_ERROR_MS,
      refreshTimeoutMs: REFRESH_TIMEOUT_MS,
      ...(store !== undefined && { store }),
    });
  }

  call(key: string, timeoutMs: number | undefined): void {
    const who = this.callers.push(undefined) - 1;
    const controller = new AbortController();
    this.controllers.push(controller);
    const { signal } = controller;
    void this.#settle(who, this.#cached.execute(key, { runtime: this.virtual, signal, timeoutMs }));
  }

  async #settle(who: number, run: Promise<string>): Promise<void> {
    try {
      const value = await run;
      this.oldestMs = Math.max(this.oldestMs, this.virtual.nowMs - this.#born.get(value)!);
      this.callers[who] = value;
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      this.callers[who] = code === "DEADLINE_EXCEEDED" ? "late" : (message ?? String(error));
    }
  }

  /** Loads of a key that nobody has stopped. */
  loading(key: string): number {
    return this.calls.filter((call) => call.key === key && !call.isOver && !call.signal.aborted)
      .length;
  }

  #load(key: string, { signal }: WorkflowContext): Promise<string> {
    return new Promise((resolve, reject) => {
      const id = this.calls.length;
      const call = {
        key,
        signal,
        isOver: false,
        end: (succeeds: boolean): void => {
          call.isOver = true;
          this.#born.set(`${key}${id}`, this.virtual.nowMs);
          if (succeeds) resolve(`${key}${id}`);
          else reject(new Error(`failed ${id}`));
        },
      };
      this.calls.push(call);
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
  }
}

let before: Registry;
beforeEach(() => {
  before = slot().registry;
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

function expectSame(system: System, model: Model): void {
  expect(system.callers).toEqual(model.callers);
  expect(system.calls.map(({ signal }) => ({ aborted: signal.aborted }))).toEqual(model.loads);
  // Whatever the model says.
  expect(system.oldestMs).toBeLessThan(OLDEST_MS);
  for (const key of ["a", "b"]) expect(system.loading(key)).toBeLessThanOrEqual(1);
  const [hits, misses] = [count("cache.hits"), count("cache.misses")];
  expect([hits, misses]).toEqual([model.hits, model.misses]);
  expect(hits + misses).toBe(count("cache.total"));
}

/** Plays a script to the cache and to the model. @returns how many calls it made */
async function play(script: readonly Batch[], store?: CacheStore): Promise<number> {
  slot().registry = createRegistry();
  const model = new Model();
  const system = new System(store);
  const perform = (one: Command): void => {
    if (one.does === "call") {
      system.call(one.key, one.timeoutMs);
      model.call(one.key, one.timeoutMs);
    } else if (one.does === "abort") {
      if (model.callers.length === 0) return;
      const who = one.who % model.callers.length;
      system.controllers[who]!.abort("gone");
      model.abort(who);
    } else {
      const id = model.running(one.key);
      if (id === undefined) return;
      system.calls[id]!.end(one.succeeds);
      model.finish(one.key, one.succeeds);
    }
  };
  for (const { commands, passMs } of script) {
    for (const one of commands) perform(one);
    await turn();
    model.arrive();
    expectSame(system, model);
    await system.virtual.advance(passMs);
    model.pass(passMs);
    expectSame(system, model);
  }
  // Everybody goes home.
  for (const [who, controller] of system.controllers.entries()) {
    controller.abort("gone");
    model.abort(who);
  }
  await system.virtual.advance(REFRESH_TIMEOUT_MS);
  model.pass(REFRESH_TIMEOUT_MS);
  expectSame(system, model);
  expect(system.virtual.pendingTimers).toBe(0);
  for (const { signal } of system.controllers)
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  expect(count("primitive.execution.active")).toBe(0);
  expect(count("execution.orphaned")).toBe(0);
  return system.callers.length;
}

describe("under any interleaving of callers, aborts, failures and time, a cache", () => {
  it("does what the model does", async () => {
    await fc.assert(
      fc.asyncProperty(scriptOf(5), async (script) => {
        expect(await play(script)).toBe(count("cache.total"));
      }),
      { numRuns: 300 },
    );
  });

  it("does the same with a store that answers later", async () => {
    const later = (): CacheStore => {
      const json = new Map<string, string>();
      return {
        async get(key) {
          const found = json.get(key);
          await Promise.resolve();
          return found === undefined ? undefined : (JSON.parse(found) as CacheEntry);
        },
        async set(key, entry) {
          await Promise.resolve();
          json.set(key, JSON.stringify(entry));
        },
        delete: async (key) => json.delete(key),
      };
    };
    await fc.assert(
      fc.asyncProperty(scriptOf(1), async (script) => {
        expect(await play(script, later())).toBe(count("cache.total"));
      }),
      { numRuns: 150 },
    );
  });
});

describe("under any failures of its store, a cache", () => {
  type Mood = "works" | "throws" | "rejects" | "hangs" | "slow";
  const moods = fc.array(
    fc.constantFrom<Mood>("works", "works", "throws", "rejects", "hangs", "slow"),
    { minLength: 1, maxLength: 20 },
  );

  it("answers every call, with hits and misses that add up", async () => {
    await fc.assert(
      fc.asyncProperty(
        moods,
        fc.array(keys, { minLength: 1, maxLength: 40 }),
        async (moody, inputs) => {
          slot().registry = createRegistry();
          const virtual = virtualRuntime();
          const entries = new Map<string, CacheEntry>();
          let asked = 0;
          let failures = 0;
          const act = <T>(work: () => T): T | Promise<T> => {
            const mood = moody[asked++ % moody.length]!;
            if (mood === "works") return work();
            if (mood === "slow") return Promise.resolve().then(work);
            failures++;
            if (mood === "hangs") return new Promise(() => undefined);
            if (mood === "rejects") return Promise.reject(new Error("store"));
            throw new Error("store");
          };
          const cached = cache(async (input: string) => `value of ${input}`, {
            key: (input) => input,
            ttlMs: 60_000,
            store: {
              get: (key) => act(() => entries.get(key)),
              set: (key, entry) => act(() => void entries.set(key, entry)),
              delete: (key) => act(() => entries.delete(key)),
            },
          });
          for (const input of inputs) {
            const run = cached.execute(input, { runtime: virtual });
            await virtual.advance(1_000);
            expect(await run).toBe(`value of ${input}`);
          }
          expect(count("cache.total")).toBe(inputs.length);
          expect(count("cache.hits") + count("cache.misses")).toBe(inputs.length);
          expect(count("cache.store.errors")).toBe(failures);
          expect(virtual.pendingTimers).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});
