import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExponentialSketch, valueAtRank } from "./exponential-sketch.ts";
import { MAX_SKETCH_INDEX, MIN_SKETCH_INDEX } from "./sketch-index.ts";

const anyIndex = fc.integer({ min: MIN_SKETCH_INDEX, max: MAX_SKETCH_INDEX });

function sketchOf(indexes: readonly number[]): ExponentialSketch {
  const sketch = new ExponentialSketch();
  for (const index of indexes) sketch.add(index);
  return sketch;
}

describe("a sketch", () => {
  test("is empty at first", () => {
    expect(new ExponentialSketch().data()).toMatchObject({ scale: 5, counts: [] });
  });

  test("gives its counts from the first to the last that is not 0", () => {
    expect(sketchOf([7, 4, 7]).data()).toEqual({ scale: 5, offset: 4, counts: [1, 0, 0, 2] });
  });

  test("counts every index, in whatever order they come", () => {
    fc.assert(
      fc.property(fc.array(anyIndex, { minLength: 1 }), (indexes) => {
        const { offset, counts } = sketchOf(indexes).data();
        const recounted = counts.flatMap((count, slot) => Array(count).fill(offset + slot));
        expect(recounted).toEqual(indexes.toSorted((a, b) => a - b));
      }),
    );
  });

  test("merges without loss", () => {
    fc.assert(
      fc.property(fc.array(anyIndex), fc.array(anyIndex), (left, right) => {
        const merged = sketchOf(left);
        merged.merge(sketchOf(right).data());
        expect(merged.data().counts).toEqual(sketchOf([...left, ...right]).data().counts);
      }),
    );
  });

  test("merges what is beyond its range into the bucket at its end", () => {
    const sketch = new ExponentialSketch();
    sketch.merge({ scale: 5, offset: -1_000_000, counts: [2] });
    sketch.merge({ scale: 5, offset: 1_000_000, counts: [3] });
    const { offset, counts } = sketch.data();
    expect([offset, counts.length]).toEqual([MIN_SKETCH_INDEX, 1920]);
    expect([counts[0], counts.at(-1)]).toEqual([2, 3]);
  });

  test("refuses to merge another scale", () => {
    expect(() => new ExponentialSketch().merge({ scale: 4, offset: 0, counts: [1] })).toThrow(
      new RangeError("scale is 4, expected 5"),
    );
  });
});

describe("valueAtRank", () => {
  test("is as far from the lower as from the upper edge of the bucket, in proportion", () => {
    const value = valueAtRank({ scale: 5, offset: 0, counts: [1] }, 1);
    expect(value / 1 - 1).toBeCloseTo(1 - value / 2 ** (1 / 32), 10);
    expect(value - 1).toBeLessThan(0.011);
  });

  test.each([
    [1, 0],
    [2, 0],
    [3, 2],
    [4, 2],
    [99, 2],
  ])("finds rank %i in bucket %i", (rank, bucket) => {
    const value = valueAtRank({ scale: 5, offset: 0, counts: [2, 0, 2] }, rank);
    expect(value).toBeGreaterThan(2 ** (bucket / 32));
    expect(value).toBeLessThan(2 ** ((bucket + 1) / 32));
  });
});
