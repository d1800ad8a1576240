import { describe, expect, it } from "vitest";
import { median, quantile, seededRandom, seedOf } from "./statistics.ts";

describe("quantile", () => {
  it("interpolates between neighbours", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 0.1)).toBe(2);
  });
  it("gives the ends at 0 and 1 and leaves its argument alone", () => {
    const values = [3, 1, 2];
    expect([quantile(values, 0), quantile(values, 1)]).toEqual([1, 3]);
    expect(values).toEqual([3, 1, 2]);
  });
  it("refuses an empty list", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("seededRandom", () => {
  it("repeats itself for the same seed and differs for another", () => {
    const draw = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });
  it("stays in [0, 1) and is balanced", () => {
    const random = seededRandom(seedOf("balance"));
    const values = Array.from({ length: 4000 }, random);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const heads = values.filter((value) => value < 0.5).length;
    expect(heads).toBeGreaterThan(1850);
    expect(heads).toBeLessThan(2150);
  });
});
