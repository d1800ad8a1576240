import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fairLevel } from "./fair-shares.ts";

const amount = fc.double({ min: 0.001, max: 1e6, noNaN: true });

describe("fair shares", () => {
  test.each([
    [[1, 2, 3], 10, Infinity],
    [[1, 2, 30], 10, 7],
    [[1, 20, 30], 10, 4.5],
    [[5, 5, 5], 3, 1],
    [[], 3, Infinity],
  ])("of %j with %d go up to %d", (demands, budget, level) => {
    expect(fairLevel(demands, budget)).toBe(level);
  });

  test("use the whole budget, or meet every demand", () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1 }), amount, (demands, budget) => {
        const level = fairLevel(demands, budget);
        const given = demands.reduce((sum, demand) => sum + Math.min(demand, level), 0);
        const wanted = demands.reduce((sum, demand) => sum + demand, 0);
        expect(given / Math.min(budget, wanted)).toBeCloseTo(1, 6);
      }),
    );
  });

  test("leave nobody with less than an equal part, unless that is all it wants", () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1 }), amount, (demands, budget) => {
        const level = fairLevel(demands, budget);
        expect(level).toBeGreaterThanOrEqual((budget / demands.length) * (1 - 1e-9));
      }),
    );
  });
});
