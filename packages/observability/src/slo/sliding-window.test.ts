import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlidingWindow } from "./sliding-window.ts";
import { HOUR_MS, MINUTE_MS, START_MS } from "./slo.fixture.ts";

/** An hour in buckets of a minute. */
function anHour(): SlidingWindow {
  return new SlidingWindow(HOUR_MS, 60);
}

describe("a sliding window", () => {
  it("counts what happened in it, good and bad", () => {
    const window = anHour();
    window.add(START_MS, false);
    window.add(START_MS + 1, true);
    expect(window.counts(START_MS + 2)).toEqual({ events: 2, bad: 1 });
  });

  it("is exact at a bucket edge: an event leaves when the bucket after it has gone", () => {
    const window = anHour();
    window.add(START_MS + 30_000, true);
    window.add(START_MS + MINUTE_MS, false);
    expect(window.counts(START_MS + HOUR_MS).events).toBe(2);
    expect(window.counts(START_MS + HOUR_MS + MINUTE_MS).events).toBe(1);
    expect(window.counts(START_MS + HOUR_MS + 2 * MINUTE_MS - 1).events).toBe(1);
    expect(window.counts(START_MS + HOUR_MS + 2 * MINUTE_MS).events).toBe(0);
  });

  it("forgets everything in a gap longer than itself", () => {
    const window = anHour();
    for (let minute = 0; minute < 90; minute += 1)
      window.add(START_MS + minute * MINUTE_MS, minute % 2 === 0);
    expect(window.counts(START_MS + 100 * HOUR_MS)).toEqual({ events: 0, bad: 0 });
    expect([...window.buckets(START_MS + 100 * HOUR_MS)]).toEqual([]);
  });

  it("takes what lay in the future for the present when the clock is put back", () => {
    const window = anHour();
    window.add(START_MS, false);
    window.add(START_MS + 10 * MINUTE_MS, true);
    expect(window.counts(START_MS + 5 * MINUTE_MS)).toEqual({ events: 2, bad: 1 });
    expect([...window.buckets(START_MS + 5 * MINUTE_MS)].map(([, ...counts]) => counts)).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(window.counts(START_MS + 65 * MINUTE_MS)).toEqual({ events: 1, bad: 1 });
  });

  it("survives a clock that was years ahead", () => {
    const window = anHour();
    window.add(START_MS + 1e12, true);
    window.add(START_MS, false);
    expect(window.counts(START_MS)).toEqual({ events: 2, bad: 1 });
    expect(window.counts(START_MS + 2 * HOUR_MS)).toEqual({ events: 0, bad: 0 });
  });

  it("works before 1970, where a virtual clock may begin", () => {
    const window = anHour();
    window.add(-5 * MINUTE_MS, true);
    window.add(5 * MINUTE_MS, false);
    expect(window.counts(6 * MINUTE_MS)).toEqual({ events: 2, bad: 1 });
    expect(window.counts(57 * MINUTE_MS)).toEqual({ events: 1, bad: 0 });
  });

  it("takes in another's buckets, also of another width, but nothing too old", () => {
    const window = anHour();
    window.add(START_MS, true);
    const buckets = [
      [(START_MS - 2 * HOUR_MS) / 1000, 7, 7],
      [(START_MS - 30 * MINUTE_MS) / 1000, 3, 1],
      [(START_MS + 30 * MINUTE_MS) / 1000, 1, 0],
    ] as const;
    window.merge(START_MS, { bucketMs: 1000, buckets });
    expect(window.counts(START_MS)).toEqual({ events: 5, bad: 2 });
    expect(window.counts(START_MS + 31 * MINUTE_MS)).toEqual({ events: 2, bad: 1 });
  });

  it("agrees with a list of all events, whatever the clock does", () => {
    const steps = fc.array(
      fc.record({
        byMs: fc.oneof(
          { weight: 6, arbitrary: fc.integer({ min: 0, max: 3 * MINUTE_MS }) },
          { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 * HOUR_MS }) },
          { weight: 2, arbitrary: fc.integer({ min: -2 * HOUR_MS, max: 0 }) },
        ),
        event: fc.constantFrom("good", "bad", "none"),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (given) => {
        const window = anHour();
        let list: { number: number; isBad: boolean }[] = [];
        let nowMs = START_MS;
        for (const { byMs, event } of given) {
          nowMs += byMs;
          const current = Math.floor(nowMs / MINUTE_MS);
          list = list
            .map((one) => ({ ...one, number: Math.min(one.number, current) }))
            .filter(({ number }) => number >= current - 60);
          if (event !== "none") {
            window.add(nowMs, event === "bad");
            list.push({ number: current, isBad: event === "bad" });
          }
          expect(window.counts(nowMs)).toEqual({
            events: list.length,
            bad: list.filter(({ isBad }) => isBad).length,
          });
        }
      }),
    );
  });
});
