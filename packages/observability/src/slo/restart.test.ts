import { slot } from "@tta-dev/primitives";
import { afterEach, describe, expect, it } from "vitest";
import {
  availability,
  DAY_MS,
  end,
  HOUR_MS,
  memoryStore,
  MINUTE_MS,
  START_MS,
  trackerFor,
} from "./slo.fixture.ts";

afterEach(() => slot().slos.clear());

describe("a restart", () => {
  it("goes on with what was counted, and does not tell again of what burns", async () => {
    const store = memoryStore();
    const slos = [availability("s")];
    const before = trackerFor(slos, { store });
    for (let run = 0; run < 10; run += 1) end({ status: "error" });
    before.tracker.look();
    await before.tracker.shutdown();
    before[Symbol.dispose]();

    using after = trackerFor(slos, { store, clock: { nowMs: START_MS + MINUTE_MS } });
    end();
    await after.tracker.ready;
    after.tracker.look();
    expect(after.tracker.status()).toMatchObject([{ events: 11, bad: 10, isBurning: true }]);
    expect(after.tracker.status()[0]?.alerts[0]?.sinceMs).toBe(START_MS);
    expect(after.burns).toEqual([]);
    expect(after.read("slo.events", "s")).toBe(1);
    after.clock.nowMs += HOUR_MS;
    after.tracker.look();
    expect(after.burns.map(({ state, sinceMs }) => [state, sinceMs])).toEqual([
      ["ended", START_MS],
      ["ended", START_MS],
    ]);
  });

  it("remembers the last success of a freshness SLO", async () => {
    const store = memoryStore();
    const slos = [availability("s", { indicator: { kind: "freshness", maxAgeMs: HOUR_MS } })];
    const before = trackerFor(slos, { store });
    end();
    before.clock.nowMs += MINUTE_MS;
    before.tracker.look();
    await before.tracker.shutdown();
    before[Symbol.dispose]();

    using after = trackerFor(slos, { store, clock: { nowMs: START_MS + 2 * HOUR_MS } });
    await after.tracker.ready;
    after.clock.nowMs += MINUTE_MS;
    after.tracker.look();
    expect(after.tracker.status()).toMatchObject([{ events: 2, bad: 1 }]);
  });

  it("keeps the counts of a workflow that is made only later, and of one that is made no more until they are old", async () => {
    const store = memoryStore();
    const restarted = async (
      names: readonly string[],
      nowMs: number,
    ): Promise<readonly (readonly [string, number])[]> => {
      const under = trackerFor(
        names.map((name) => availability(name)),
        { store, clock: { nowMs } },
      );
      await under.tracker.ready;
      end();
      await under.tracker.shutdown();
      under[Symbol.dispose]();
      return under.tracker.status().map(({ name, events }) => [name, events] as const);
    };
    await restarted(["early", "late"], START_MS);
    expect(await restarted(["early"], START_MS)).toEqual([["early", 2]]);
    expect(await restarted(["early", "late"], START_MS)).toEqual([
      ["early", 3],
      ["late", 2],
    ]);
    await restarted(["early"], START_MS + 29 * DAY_MS);
    expect(store.saved).toContain("late");
    await restarted(["early"], START_MS + 31 * DAY_MS);
    expect(store.saved).not.toContain("late");
  });

  it("begins anew for an SLO that judges otherwise, but not for one that promises otherwise", async () => {
    const store = memoryStore();
    const first = trackerFor([availability("a"), availability("b")], { store });
    end();
    await first.tracker.shutdown();
    first[Symbol.dispose]();
    using under = trackerFor(
      [
        availability("a", { indicator: { kind: "latency", thresholdMs: 5 } }),
        availability("b", { objective: 0.5, windowDays: 7 }),
      ],
      { store },
    );
    await under.tracker.ready;
    expect(under.tracker.status().map(({ events }) => events)).toEqual([0, 1]);
  });

  it("takes what was saved by a clock that was ahead for what happened just now", async () => {
    const store = memoryStore();
    const slos = [availability("s")];
    const before = trackerFor(slos, { store, clock: { nowMs: START_MS + 400 * DAY_MS } });
    for (let run = 0; run < 10; run += 1) end({ status: "error" });
    await before.tracker.shutdown();
    before[Symbol.dispose]();
    using after = trackerFor(slos, { store });
    await after.tracker.ready;
    expect(after.tracker.status()).toMatchObject([{ events: 10, isBurning: true }]);
    expect(after.tracker.status()[0]?.alerts[0]?.sinceMs).toBe(START_MS);
    after.clock.nowMs += 31 * DAY_MS;
    expect(after.tracker.status()).toMatchObject([{ events: 0, isBurning: false }]);
  });
});
