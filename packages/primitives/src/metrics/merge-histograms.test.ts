import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HistogramData } from "./histogram-data.ts";
import { quantileOf } from "./histogram-data.ts";
import { createHistogram } from "./histogram.ts";
import { mergeHistograms } from "./merge-histograms.ts";
import { mergeSketches } from "./merge-sketches.ts";

/** Multiples of 2^-20, whose sums are exact: otherwise sums depend on the order of adding. */
const seconds = fc
  .oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 30 }))
  .map((number) => number / 2 ** 20);
const parts = fc.array(fc.array(seconds, { maxLength: 40 }), { minLength: 1, maxLength: 5 });

function histogramOf(values: readonly number[]): HistogramData {
  const histogram = createHistogram();
  for (const value of values) histogram.record(value);
  return histogram.data();
}

describe("merged histograms", () => {
  test("are the histogram that recorded everything", () => {
    fc.assert(
      fc.property(parts, (recorded) => {
        expect(mergeHistograms(recorded.map(histogramOf))).toEqual(histogramOf(recorded.flat()));
      }),
    );
  });

  test("do not depend on the order in which they are merged", () => {
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const [a, b] = [left.map(histogramOf), right.map(histogramOf)];
        expect(mergeHistograms([mergeHistograms(b), mergeHistograms(a)])).toEqual(
          mergeHistograms([...a, ...b]),
        );
      }),
    );
  });

  test("have recorded nothing where there is nothing to merge", () => {
    expect(mergeHistograms([])).toEqual({
      count: 0,
      sum: 0,
      min: undefined,
      max: undefined,
      zeroCount: 0,
      bucketCounts: [],
      sketch: { scale: 5, offset: 0, counts: [] },
    });
  });

  test("have to have the same number of buckets", () => {
    const one = createHistogram([1]).data();
    const two = createHistogram([1, 2]).data();
    expect(() => mergeHistograms([one, two])).toThrow(
      new RangeError("bucketCounts has 3 buckets, expected 2"),
    );
  });

  test("keep quantiles within the error of the coarser scale", () => {
    const coarse: HistogramData = {
      ...histogramOf([3]),
      sketch: { scale: 0, offset: 1, counts: [1] },
    };
    const merged = mergeHistograms([coarse, histogramOf([0.5, 3, 3.5])]);
    expect(merged.sketch).toEqual(mergeSketches([{ scale: 0, offset: -2, counts: [1, 0, 0, 3] }]));
    // Bucket (2, 4]: its middle in relative terms is 8/3, a third off either end.
    expect(quantileOf(merged, 0.5)).toBeCloseTo(8 / 3);
  });
});
