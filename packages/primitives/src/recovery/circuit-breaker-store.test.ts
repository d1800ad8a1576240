import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { CircuitOpenError } from "../errors.ts";
import type { Primitive } from "../primitive.ts";
import { slot } from "../slot.ts";
import type { LogEvent } from "../telemetry/log-event.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import type { CircuitBreakerStore, CircuitRecord } from "./circuit-breaker-store.ts";
import {
  breakerOf,
  FOUR_FAILURES,
  give,
  NO,
  RULES,
  tally,
  type Order,
} from "./circuit-breaker.fixture.ts";
import { timeout } from "./timeout.ts";

const isOpen = expect.any(CircuitOpenError) as unknown;

/** Keeps JSON, answers a turn later, and can be told to misbehave. */
interface TestStore extends CircuitBreakerStore {
  record: CircuitRecord | undefined;
  writes: number;
  fault: "none" | "throws" | "hangs" | "refuses" | "garbage" | "incomplete";
}

function testStore(): TestStore {
  const answer = async <T>(read: () => T): Promise<T> => {
    if (store.fault === "throws") throw new Error("store is down");
    if (store.fault === "hangs") return new Promise<never>(() => undefined);
    await Promise.resolve();
    return read();
  };
  const store: TestStore = {
    record: undefined,
    writes: 0,
    fault: "none",
    read: () =>
      answer(() => {
        if (store.fault === "garbage") return { ...store.record, state: "ajar" } as never;
        return store.fault === "incomplete" ? ({ state: "open" } as never) : store.record;
      }),
    replace: (previous, next) =>
      answer(() => {
        if (store.fault === "refuses" || store.record?.revision !== previous?.revision)
          return false;
        store.record = JSON.parse(JSON.stringify(next)) as CircuitRecord;
        store.writes++;
        return true;
      }),
  };
  return store;
}

/** The same breaker in several processes. */
function processes(count: number, store: CircuitBreakerStore): Primitive<Order, unknown>[] {
  return Array.from({ length: count }, () => breakerOf({ store }));
}

describe("breakers that share a store", () => {
  it("are all open once one has seen too many failures", async () => {
    const store = testStore();
    const [one, other] = processes(2, store) as [
      Primitive<Order, unknown>,
      Primitive<Order, unknown>,
    ];
    const runtime = virtualRuntime();
    await give(one, runtime, ...FOUR_FAILURES);
    expect(store.record).toMatchObject({ state: "open", changes: 1 });
    expect(await give(other, runtime, "succeed")).toEqual([isOpen]);
    const state = slot().registry.gauge("circuit_breaker.state");
    expect(state.bind({ primitive_name: other.name }).value).toBe(1);
  });

  it("leave the store alone while nothing changes", async () => {
    const store = testStore();
    const [one] = processes(1, store) as [Primitive<Order, unknown>];
    await give(one, virtualRuntime(), "succeed", "fail", "fail");
    expect(store.writes).toBe(0);
  });

  it("let the probes through once, over all of them", async () => {
    const store = testStore();
    const all = processes(5, store);
    const runtime = virtualRuntime();
    await give(all[0]!, runtime, ...FOUR_FAILURES);
    await runtime.advance(RULES.openMs);
    tally.calls = 0;
    const gate = Promise.withResolvers<string>();
    const running = all.flatMap((breaker) =>
      Array.from({ length: 10 }, () =>
        breaker.execute(() => gate.promise, { runtime }).catch((error: unknown) => error),
      ),
    );
    for (let round = 0; round < 500 && tally.calls === 0; round++) await turn();
    gate.resolve("probe");
    const seen = await Promise.all(running);
    expect(tally.calls).toBe(1);
    expect(seen.filter((one) => one === "probe")).toHaveLength(1);
    expect(store.record).toMatchObject({ state: "closed", changes: 3 });
    expect(await give(all[4]!, runtime, "succeed")).toEqual(["succeed"]);
  });

  it("give the place of an aborted probe back to all", async () => {
    const store = testStore();
    const [one, other] = processes(2, store) as [
      Primitive<Order, unknown>,
      Primitive<Order, unknown>,
    ];
    const runtime = virtualRuntime();
    await give(one, runtime, ...FOUR_FAILURES);
    await runtime.advance(RULES.openMs);
    const controller = new AbortController();
    const probe = one.execute("hang", { runtime, signal: controller.signal });
    for (let round = 0; round < 10; round++) await turn();
    expect(await give(other, runtime, "succeed")).toEqual([isOpen]);
    controller.abort("stop");
    await expect(probe).rejects.toBe("stop");
    expect(await give(other, runtime, "succeed")).toEqual(["succeed"]);
  });

  it("do not hold failures from before a change against the state after it", async () => {
    const store = testStore();
    const [one, other] = processes(2, store) as [
      Primitive<Order, unknown>,
      Primitive<Order, unknown>,
    ];
    const runtime = virtualRuntime();
    await give(other, runtime, "fail", "fail", "fail");
    await give(one, runtime, ...FOUR_FAILURES);
    await runtime.advance(RULES.openMs);
    await give(one, runtime, "succeed");
    expect(await give(other, runtime, "fail", "succeed")).toEqual([NO, "succeed"]);
  });
});

describe("a store that fails", () => {
  const events: LogEvent[] = [];
  const listen = (event: LogEvent): void => void events.push(event);
  afterEach(() => {
    slot().logListeners.delete(listen);
    events.length = 0;
  });
  const failures = (): LogEvent[] =>
    events.filter(({ event }) => event === "circuit_breaker.store_failed");

  it.each(["throws", "hangs", "refuses", "garbage", "incomplete"] as const)(
    "leaves each process to itself: one that %s",
    async (fault) => {
      slot().logListeners.add(listen);
      const store = testStore();
      store.fault = fault;
      const [one, other] = processes(2, store) as [
        Primitive<Order, unknown>,
        Primitive<Order, unknown>,
      ];
      const runtime = virtualRuntime();
      expect(await give(one, runtime, ...FOUR_FAILURES, "succeed")).toEqual([
        NO,
        NO,
        NO,
        NO,
        isOpen,
      ]);
      expect(await give(other, runtime, "succeed")).toEqual(["succeed"]);
      await runtime.advance(RULES.openMs);
      expect(await give(one, runtime, "succeed")).toEqual(["succeed"]);
      expect(store.writes).toBe(0);
      // A store that cannot be written is not noticed before something is to be written.
      expect(failures().length).toBe(fault === "refuses" ? 1 : 2);
      expect(runtime.pendingTimers).toBe(0);
    },
  );

  it("is heard of again when it has failed again", async () => {
    slot().logListeners.add(listen);
    const store = testStore();
    const [one] = processes(1, store) as [Primitive<Order, unknown>];
    const runtime = virtualRuntime();
    for (const fault of ["throws", "throws", "none", "throws"] as const) {
      store.fault = fault;
      await give(one, runtime, "succeed");
    }
    expect(failures()).toHaveLength(2);
    expect(failures()[0]).toMatchObject({
      level: "warn",
      primitiveName: one.name,
      fields: { error_type: "Error" },
      error: { message: "store is down" },
    });
  });

  it("is told what happened meanwhile", async () => {
    const store = testStore();
    const [one, other] = processes(2, store) as [
      Primitive<Order, unknown>,
      Primitive<Order, unknown>,
    ];
    const runtime = virtualRuntime();
    store.fault = "throws";
    await give(one, runtime, ...FOUR_FAILURES);
    store.fault = "none";
    expect(await give(one, runtime, "succeed")).toEqual([isOpen]);
    expect(store.record).toMatchObject({ state: "open" });
    expect(await give(other, runtime, "succeed")).toEqual([isOpen]);
  });

  it("is told, too, where it was told something else before", async () => {
    const store = testStore();
    const [one] = processes(1, store) as [Primitive<Order, unknown>];
    const runtime = virtualRuntime();
    await give(one, runtime, ...FOUR_FAILURES);
    store.fault = "throws";
    await runtime.advance(RULES.openMs);
    await give(one, runtime, "succeed");
    store.fault = "none";
    expect(store.record).toMatchObject({ state: "open", changes: 1 });
    expect(await give(one, runtime, "fail", "succeed")).toEqual([NO, "succeed"]);
    expect(store.record).toMatchObject({ state: "closed", changes: 3 });
  });

  it("is believed once it is back", async () => {
    const store = testStore();
    const [one, other] = processes(2, store) as [
      Primitive<Order, unknown>,
      Primitive<Order, unknown>,
    ];
    const runtime = virtualRuntime();
    await give(one, runtime, ...FOUR_FAILURES);
    store.fault = "throws";
    expect(await give(one, runtime, "succeed")).toEqual([isOpen]);
    expect(await give(other, runtime, "succeed")).toEqual(["succeed"]);
    store.fault = "none";
    expect(await give(other, runtime, "succeed")).toEqual([isOpen]);
  });
});

describe("a store that takes its time", () => {
  /** Answers when the test says so. */
  function slow(): { readonly store: TestStore; readonly answer: () => void } {
    const store = testStore();
    const gate = Promise.withResolvers<void>();
    const { read } = store;
    store.read = () => gate.promise.then(read);
    return { store, answer: gate.resolve };
  }

  it("makes no failure of a call whose time ran out before its step began", async () => {
    const { store, answer } = slow();
    const breaker = breakerOf({ store, minimumCalls: 1 });
    const runtime = virtualRuntime();
    const limited = timeout(breaker, { timeoutMs: 10 });
    await expect(runtime.execute(limited, "succeed")).rejects.toMatchObject({ code: "TIMEOUT" });
    answer();
    for (let round = 0; round < 5; round++) await turn();
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
    expect(tally.calls).toBe(1);
  });

  it("keeps no place for a probe that was aborted before its step began", async () => {
    const { store, answer } = slow();
    const [one, other] = processes(2, store) as [
      Primitive<Order, unknown>,
      Primitive<Order, unknown>,
    ];
    const runtime = virtualRuntime();
    store.record = {
      state: "open",
      revision: 1,
      changes: 1,
      changedAtMs: 0,
      probes: 0,
      succeeded: 0,
    };
    const controller = new AbortController();
    const probe = one.execute("succeed", { runtime, signal: controller.signal });
    const settled = probe.catch((error: unknown) => error);
    await runtime.advance(0);
    controller.abort("stop");
    answer();
    expect(await settled).toBe("stop");
    expect(store.record).toMatchObject({ state: "half_open", probes: 0 });
    expect(await give(other, runtime, "succeed")).toEqual(["succeed"]);
  });
});
