import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { durationBounds, scoreBounds } from "../catalog/buckets.ts";
import type { BoundHistogram } from "./histogram.ts";
import { createHistogram } from "./histogram.ts";

const seconds = fc.oneof(
  fc.double({ min: 0, max: 1000, noNaN: true }),
  fc.constantFrom(...durationBounds),
  fc.constant(0),
);

function histogramOf(values: readonly number[], bounds?: readonly number[]): BoundHistogram {
  const histogram = createHistogram(bounds);
  for (const value of values) histogram.record(value);
  return histogram;
}

/** Prometheus' buckets by definition: a value belongs to the first bound that it does not exceed. */
function bucketsOf(values: readonly number[], bounds: readonly number[]): number[] {
  const counts = [...bounds, Infinity].map(() => 0);
  for (const value of values) {
    const bucket = [...bounds, Infinity].findIndex((bound) => value <= bound);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

describe("a histogram", () => {
  test("is empty at first", () => {
    expect(createHistogram([1]).data()).toEqual({
      count: 0,
      sum: 0,
      min: undefined,
      max: undefined,
      zeroCount: 0,
      bucketCounts: [0, 0],
      sketch: { scale: 5, offset: 0, counts: [] },
    });
  });

  test("keeps count, sum, smallest and largest value", () => {
    expect(histogramOf([0.5, 0.25, 4]).data()).toMatchObject({
      count: 3,
      sum: 4.75,
      min: 0.25,
      max: 4,
      zeroCount: 0,
    });
  });

  test.each([
    ["durations", durationBounds],
    ["scores", scoreBounds],
    ["bounds closer than the sketch's buckets", [1, 1.001, 1.002, 1.003]],
  ])("counts exactly per bound, the bound included: %s", (_name, bounds) => {
    const values = fc.oneof(
      seconds,
      fc.constantFrom(...bounds),
      fc.double({ min: 0.9, max: 1.1, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(values), (recorded) => {
        expect(histogramOf(recorded, bounds).data().bucketCounts).toEqual(
          bucketsOf(recorded, bounds),
        );
      }),
    );
  });

  test("counts values beyond the sketch's range exactly per bound too", () => {
    const data = histogramOf([1e-12, 1e12]).data();
    expect([data.bucketCounts[0], data.bucketCounts.at(-1)]).toEqual([1, 1]);
    expect([data.min, data.max]).toEqual([1e-12, 1e12]);
  });

  test("counts zeros apart from the sketch", () => {
    const data = histogramOf([0, -0, 2]).data();
    expect(data).toMatchObject({ count: 3, zeroCount: 2, min: 0, max: 2 });
    expect(data.bucketCounts[0]).toBe(2);
    expect(data.sketch.counts).toEqual([1]);
    expect(histogramOf([0]).data()).toMatchObject({ min: 0, max: 0, sum: 0 });
  });

  test.each([
    [-1, "negative"],
    [NaN, "not_finite"],
    [Infinity, "not_finite"],
    [-Infinity, "not_finite"],
    ["1" as unknown as number, "not_finite"],
  ])("ignores %s and counts it as dropped", (value, reason) => {
    const drop = vi.fn();
    const histogram = createHistogram(durationBounds, drop);
    histogram.record(value);
    expect(histogram.data().count).toBe(0);
    expect(drop.mock.calls).toEqual([[reason]]);
  });

  test("gives data that later records do not change", () => {
    const histogram = histogramOf([1]);
    const before = histogram.data();
    const copy = structuredClone(before);
    histogram.record(1);
    histogram.record(0);
    expect(before).toEqual(copy);
  });

  test("merges without loss", () => {
    fc.assert(
      fc.property(fc.array(seconds), fc.array(seconds), (left, right) => {
        const merged = histogramOf(left);
        merged.merge(histogramOf(right).data());
        const { sum, ...data } = merged.data();
        const { sum: expectedSum, ...expected } = histogramOf([...left, ...right]).data();
        expect(sum).toBeCloseTo(expectedSum, 6);
        expect(data).toEqual(expected);
      }),
    );
  });

  test("refuses to merge other bounds", () => {
    expect(() => createHistogram([1, 2]).merge(createHistogram([1]).data())).toThrow(
      new RangeError("bucketCounts has 2 buckets, expected 3"),
    );
  });
});

describe("quantile", () => {
  test("is undefined before the first value", () => {
    expect(createHistogram().quantile(0.5)).toBeUndefined();
  });

  test("is at most 1.1 % off the nearest rank, and exact at both ends", () => {
    const values = fc.array(
      fc.oneof(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.constant(0)),
      {
        minLength: 1,
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 1000 }), (recorded, perMille) => {
        const sorted = recorded.toSorted((a, b) => a - b);
        const rank = Math.max(1, Math.ceil((perMille * sorted.length) / 1000));
        const exact = sorted[rank - 1] ?? NaN;
        const estimate = histogramOf(recorded).quantile(perMille / 1000) ?? NaN;
        expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(0.011 * exact);
        expect(histogramOf(recorded).quantile(0)).toBe(sorted[0]);
        expect(histogramOf(recorded).quantile(1)).toBe(sorted.at(-1));
      }),
    );
  });

  test("does not go a rank too high where q × count is not exact in doubles", () => {
    const values = Array.from({ length: 100 }, (_, position) => 2 ** (position / 8));
    expect(histogramOf(values).quantile(0.07)).toBeCloseTo(2 ** (6 / 8), 1);
  });

  test("stays within what was recorded", () => {
    expect(histogramOf([0.1, 0.1, 0.1]).quantile(0.5)).toBe(0.1);
  });

  test.each([-0.1, 1.1, NaN])("refuses %s", (q) => {
    expect(() => createHistogram().quantile(q)).toThrow(
      new RangeError(`q is ${q}, expected a number from 0 to 1`),
    );
  });
});
