import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AdaptiveBudget } from "./adaptive-budget.ts";
import { createAdaptiveBudget } from "./adaptive-budget.ts";
import type { Traffic } from "./traffic.fixture.ts";
import { simulate } from "./traffic.fixture.ts";

const steady = (name: string, perSecond: number, spans = 12): Traffic => ({
  name,
  spans,
  durationMs: 1000,
  perSecond: () => perSecond,
});

describe("a target of spans per second", () => {
  test("is held within a fifth, whatever the bursts", () => {
    const traffic = fc.record({
      target: fc.integer({ min: 40, max: 400 }),
      /** How much more there is than may be kept. */
      excess: fc.integer({ min: 2, max: 60 }),
      spans: fc.integer({ min: 2, max: 30 }),
      onMs: fc.integer({ min: 1000, max: 15_000 }),
      offMs: fc.integer({ min: 0, max: 5000 }),
      durationMs: fc.integer({ min: 1, max: 5000 }),
      at: fc.constantFrom("head", "tail"),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(traffic, ({ target, excess, spans, onMs, offMs, durationMs, at, seed }) => {
        const busy = (target * excess * (onMs + offMs)) / onMs / spans;
        const source: Traffic = {
          name: "answer",
          spans,
          durationMs,
          perSecond: (ms) => (ms % (onMs + offMs) < onMs ? busy : 0),
        };
        const { keptPerSecond } = simulate([source], { target, seconds: 150, at, seed });
        // Whole periods, after the first half minute.
        const seconds = Math.floor(120 / ((onMs + offMs) / 1000)) * ((onMs + offMs) / 1000);
        expect(keptPerSecond(30, 30 + seconds) / target).toBeGreaterThan(0.8);
        expect(keptPerSecond(30, 30 + seconds) / target).toBeLessThan(1.2);
      }),
      { numRuns: 25, seed: 20_260_101 },
    );
  }, 60_000);

  test("is found again a few seconds after traffic has changed, up or down", () => {
    const source: Traffic = {
      name: "answer",
      spans: 12,
      durationMs: 1000,
      perSecond: (ms) => (ms < 30_000 ? 20 : ms < 60_000 ? 1000 : 20),
    };
    const { keptPerSecond } = simulate([source], { target: 100, seconds: 90, at: "tail", seed: 1 });
    for (const from of [35, 65]) {
      expect(keptPerSecond(from, from + 20)).toBeGreaterThan(80);
      expect(keptPerSecond(from, from + 20)).toBeLessThan(120);
    }
    // What the change itself let through is some seconds' worth, of a thousand times as much.
    expect(keptPerSecond(30, 35)).toBeLessThan(300);
  });

  test("is no reason to drop anything while there is less", () => {
    const { kept, begun } = simulate([steady("answer", 3)], {
      target: 100,
      seconds: 60,
      at: "head",
      seed: 1,
    });
    expect(kept("answer")).toBe(begun("answer"));
  });

  test("leaves rare workflows whole beside frequent ones, and divides the rest evenly", () => {
    const { keptPerSecond, kept, begun } = simulate(
      [steady("rare", 0.1, 30), steady("frequent", 200), steady("most frequent", 800)],
      { target: 200, seconds: 200, at: "tail", seed: 7 },
    );
    expect(begun("rare")).toBeGreaterThan(5);
    expect(kept("rare")).toBe(begun("rare"));
    expect(kept("frequent") / kept("most frequent")).toBeGreaterThan(0.8);
    expect(kept("frequent") / kept("most frequent")).toBeLessThan(1.25);
    expect(keptPerSecond(30, 200) / 200).toBeGreaterThan(0.8);
    expect(keptPerSecond(30, 200) / 200).toBeLessThan(1.2);
  });

  test("bounds the names it tells apart: the others share", () => {
    const traffic = Array.from({ length: 1000 }, (_, index) => steady(`name ${index}`, 1));
    const { keptPerSecond } = simulate(traffic, { target: 200, seconds: 60, at: "tail", seed: 3 });
    expect(keptPerSecond(20, 60) / 200).toBeGreaterThan(0.8);
    expect(keptPerSecond(20, 60) / 200).toBeLessThan(1.2);
  });
});

describe("a budget", () => {
  function budget(options: Partial<AdaptiveBudget> = {}): ReturnType<
    typeof createAdaptiveBudget
  > & {
    /** The share after some seconds of a hundred traces each, of which all is kept that may be. */
    readonly after: (seconds: number) => number;
    readonly move: (ms: number) => void;
  } {
    let nowMs = 0;
    const made = createAdaptiveBudget({
      targetPerSecond: () => 100,
      minRatio: 0,
      maxRatio: 1,
      now: () => nowMs,
      ...options,
    });
    const move = (ms: number): void => void (nowMs += ms);
    return {
      ...made,
      move,
      after(seconds) {
        let share = 0;
        for (let second = 0; second < seconds; second++) {
          for (let trace = 0; trace < 100; trace++) {
            move(10);
            made.learn("answer", 10);
            share = made.thresholdFor("answer")?.probability ?? 0;
            made.spend(10 * share);
          }
        }
        return share;
      },
    };
  }

  test("gives a tenth where there is ten times as much", () => {
    expect(budget().after(30)).toBeCloseTo(0.1, 2);
  });

  test("never gives less than the least nor more than the most", () => {
    expect(budget({ minRatio: 0.5 }).after(30)).toBe(0.5);
    expect(budget({ maxRatio: 0.25 }).thresholdFor("answer")?.probability).toBe(0.25);
    expect(budget({ maxRatio: 0 }).thresholdFor("answer")).toBeUndefined();
  });

  test("gives less where spans are kept for other reasons, and never nothing", () => {
    const other = budget();
    const shares = [50, 1000].map((aside) => {
      let share = 0;
      for (let second = 0; second < 30; second++) {
        other.spend(aside);
        share = other.after(1);
      }
      return share;
    });
    expect(shares[0]).toBeCloseTo(0.05, 2);
    expect(shares[1]).toBeCloseTo(0.01, 2);
  });

  test("follows a target that changes", () => {
    let target = 100;
    const changing = budget({ targetPerSecond: () => target });
    changing.after(30);
    target = 500;
    expect(changing.after(30)).toBeCloseTo(0.5, 1);
  });

  test("goes on where the clock is set back", () => {
    let target = 100;
    const set = budget({ targetPerSecond: () => target });
    set.after(30);
    set.move(-3_600_000);
    target = 500;
    expect(set.after(30)).toBeCloseTo(0.5, 1);
  });

  test("learns how many spans a trace has, and guesses before", () => {
    const learning = budget();
    expect(learning.expected("answer")).toBe(10);
    learning.learn("answer", 40);
    expect(learning.expected("answer")).toBe(40);
    for (let trace = 0; trace < 100; trace++) learning.learn("answer", 4);
    expect(learning.expected("answer")).toBeCloseTo(4, 0);
    expect(learning.expected("other")).toBe(10);
  });
});
