import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  burnRate,
  compliance,
  errorBudget,
  errorBudgetRemaining,
  timeToExhaustionMs,
} from "./arithmetic.ts";
import { DAY_MS } from "./windows.ts";

const objectives = fc.integer({ min: 1, max: 999_999 }).map((part) => part / 1_000_000);
const counts = fc
  .record({
    events: fc.integer({ min: 1, max: 1_000_000 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ events, share }) => ({ events, bad: Math.floor(events * share) }));

describe("compliance and burn rate", () => {
  it("are the workbook's: 1 % of bad events spends the budget of 99.9 % ten times too fast", () => {
    expect(compliance({ events: 1000, bad: 10 })).toBe(0.99);
    expect(burnRate({ events: 1000, bad: 10 }, 0.999)).toBeCloseTo(10, 10);
  });

  it("are unknown where nothing happened, which is not 100 %", () => {
    const nothing = { events: 0, bad: 0 };
    expect(compliance(nothing)).toBeUndefined();
    expect(burnRate(nothing, 0.9)).toBeUndefined();
    expect(errorBudgetRemaining(nothing, 0.9)).toBeUndefined();
  });

  it("weigh traffic: a burst of failures in the busy half counts for what it is", () => {
    expect(compliance({ events: 1000 + 10, bad: 0 + 10 })).toBeCloseTo(1000 / 1010, 12);
  });

  it("agree: the budget is overspent exactly where the objective is missed", () => {
    fc.assert(
      fc.property(counts, objectives, ({ events, bad }, objective) => {
        const remaining = errorBudgetRemaining({ events, bad }, objective)!;
        const isMissed = compliance({ events, bad })! < objective;
        if (Math.abs(remaining) > 1e-9) expect(remaining < 0).toBe(isMissed);
        expect(burnRate({ events, bad }, objective)).toBeCloseTo(1 - remaining, 9);
      }),
    );
  });
});

describe("the error budget", () => {
  it.each([
    [0.9, 0.1],
    [0.99, 0.01],
    [0.995, 0.005],
    [0.999, 0.001],
    [0.9999, 0.0001],
    [0.3, 0.7],
  ])("of %d is exactly %d", (objective, budget) => {
    expect(errorBudget(objective)).toBe(budget);
  });

  it("is spent to the last event, and then overspent", () => {
    expect(errorBudgetRemaining({ events: 100, bad: 9 }, 0.9)).toBeGreaterThan(0);
    expect(errorBudgetRemaining({ events: 100, bad: 10 }, 0.9)).toBe(0);
    expect(errorBudgetRemaining({ events: 100, bad: 35 }, 0.9)).toBeCloseTo(-2.5, 12);
  });
});

describe("the time to exhaustion", () => {
  const windowMs = 30 * DAY_MS;

  it("is the workbook's: a whole budget of 30 days lasts 30 days at 1, 50 hours at 14.4", () => {
    expect(timeToExhaustionMs({ remaining: 1, burnRate: 1, windowMs })).toBe(windowMs);
    const hours = timeToExhaustionMs({ remaining: 1, burnRate: 14.4, windowMs })! / 3_600_000;
    expect(hours).toBeCloseTo(50, 9);
  });

  it("is nothing once the budget is overspent, and has no end while nothing is spent", () => {
    expect(timeToExhaustionMs({ remaining: -3, burnRate: 0, windowMs })).toBe(0);
    expect(timeToExhaustionMs({ remaining: 0, burnRate: undefined, windowMs })).toBe(0);
    expect(timeToExhaustionMs({ remaining: 0.5, burnRate: 0, windowMs })).toBe(Infinity);
  });

  it("is unknown without traffic", () => {
    expect(timeToExhaustionMs({ remaining: 0.5, burnRate: undefined, windowMs })).toBeUndefined();
    expect(timeToExhaustionMs({ remaining: undefined, burnRate: 1, windowMs })).toBeUndefined();
  });
});
