import type { ExponentialHistogram } from "@opentelemetry/sdk-metrics";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { classicBuckets } from "./exponential-buckets.ts";

/** Counts values as the SDK does: bucket i of a scale holds what lies in (base^i, base^(i+1)], base = 2^(2^-scale). */
function histogramOf(values: readonly number[], scale: number): ExponentialHistogram {
  const positive = values.filter((value) => value > 0);
  const indices = positive.map((value) => Math.ceil(Math.log2(value) * 2 ** scale) - 1);
  const offset = indices.length === 0 ? 0 : Math.min(...indices);
  const bucketCounts = Array.from(
    { length: Math.max(0, ...indices.map((i) => i - offset + 1)) },
    () => 0,
  );
  for (const index of indices) bucketCounts[index - offset]! += 1;
  return {
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    scale,
    zeroCount: values.filter((value) => value === 0).length,
    positive: { offset, bucketCounts },
    negative: { offset: 0, bucketCounts: [values.filter((value) => value < 0).length] },
  };
}

// Off the edges of all buckets, where the logarithm's rounding would decide.
const value = fc.oneof(
  fc.constant(0),
  fc.constant(-1.7),
  fc.integer({ min: -300, max: 300 }).map((octave) => 1.37 * 2 ** octave),
  fc.double({ min: 0.001, max: 1000, noNaN: true }).map((seconds) => seconds * 1.000_000_1),
);

describe("exponential histograms as classic ones", () => {
  test("have exact counts at every bound, the same bounds for all", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(value, { maxLength: 30 }), fc.integer({ min: -2, max: 8 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (series) => {
          const { bounds, counts } = classicBuckets(
            series.map(([values, scale]) => histogramOf(values, scale)),
          );
          expect(bounds.length).toBeLessThanOrEqual(160);
          expect(bounds.toSorted((one, other) => one - other)).toEqual(bounds);
          for (const [index, [values]] of series.entries()) {
            let below = 0;
            const seen = [...bounds, Infinity].map((_, at) => (below += counts[index]?.[at] ?? 0));
            expect(counts[index]).toHaveLength(bounds.length + 1);
            expect(seen).toEqual(
              [...bounds, Infinity].map((bound) => values.filter((one) => one <= bound).length),
            );
          }
        },
      ),
    );
  });

  test("have powers of two for bounds, from just below the smallest value to the largest", () => {
    expect(classicBuckets([histogramOf([0, 0.3, 0.4, 3], 5)])).toEqual({
      bounds: [0.25, 0.5, 1, 2, 4],
      counts: [[1, 2, 0, 0, 1, 0]],
    });
  });

  test("have wider bounds where there would be too many", () => {
    const { bounds } = classicBuckets([histogramOf([1.37 * 2 ** -200, 1.37 * 2 ** 200], 0)]);
    expect(bounds.length).toBeGreaterThan(80);
    expect(bounds[1]! / bounds[0]!).toBe(16);
  });

  test("have no bounds where nothing above 0 was recorded", () => {
    expect(classicBuckets([histogramOf([0, 0], 3), histogramOf([], 3)])).toEqual({
      bounds: [],
      counts: [[2], [0]],
    });
  });

  test("count the largest numbers there are", () => {
    const { bounds, counts } = classicBuckets([histogramOf([1.5 * 2 ** 1023], 0)]);
    expect([bounds, counts]).toEqual([[2 ** 1023], [[0, 1]]]);
  });
});
