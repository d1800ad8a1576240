import { describe, expect, test } from "vitest";
import { createSpanCost } from "./span-cost.ts";

describe("the cost of a span", () => {
  test("is that of the cheapest round", () => {
    // Two readings a round, and one at the end.
    const roundsMs = [64, 32, 96, 64, 64, 64, 64, 64];
    let nowMs = 0;
    let reading = 0;
    const cost = createSpanCost({
      elapsedMs() {
        if (reading++ % 2 === 1) nowMs += roundsMs.shift() ?? 0;
        return nowMs;
      },
    });
    expect(cost()).toBe(0.001);
  });

  test("is measured again after a minute, and not before", () => {
    let nowMs = 0;
    let readings = 0;
    const cost = createSpanCost({
      elapsedMs() {
        readings++;
        return nowMs;
      },
    });
    const first = readings;
    nowMs = 59_999;
    cost();
    expect(readings).toBe(first + 1);
    nowMs = 60_000;
    cost();
    expect(readings).toBeGreaterThan(first + 2);
  });

  test("is never nothing", () => {
    expect(createSpanCost({ elapsedMs: () => 0 })()).toBeGreaterThan(0);
  });

  test("is measured with the clock of the machine", () => {
    const seconds = createSpanCost()();
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(1);
  });
});
