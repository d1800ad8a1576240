import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  MAX_SKETCH_INDEX,
  MIN_SKETCH_INDEX,
  SKETCH_SCALE,
  sketchEdge,
  sketchIndex,
} from "./sketch-index.ts";

const bits = new DataView(new ArrayBuffer(8));

/** The double that is `steps` doubles away. */
function neighbour(value: number, steps: number): number {
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + BigInt(steps));
  return bits.getFloat64(0);
}

/** Whether a value is above 2^(index / 32), decided in whole numbers: value^32 against 2^index. */
function isAboveEdge(value: number, index: number): boolean {
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const mantissa = (word & ((1n << 52n) - 1n)) | (1n << 52n);
  const exponent = Number(word >> 52n) - 1023 - 52;
  const power = mantissa ** 32n;
  const shift = 32 * exponent - index;
  return shift >= 0 ? power << BigInt(shift) > 1n : power > 1n << BigInt(-shift);
}

function isInBucket(value: number, index: number): boolean {
  return isAboveEdge(value, index) && !isAboveEdge(value, index + 1);
}

describe("sketchIndex", () => {
  test("puts every edge and its neighbours into the right bucket", () => {
    const wrong: number[] = [];
    for (let index = MIN_SKETCH_INDEX + 1; index < MAX_SKETCH_INDEX; index++) {
      for (let steps = -2; steps <= 2; steps++) {
        const value = neighbour(2 ** (index / 32), steps);
        if (!isInBucket(value, sketchIndex(value))) wrong.push(value);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("puts any value of its range into the right bucket", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 2 ** -30, max: 2 ** 30, noNaN: true, minExcluded: true }),
        (value) => {
          expect(isInBucket(value, sketchIndex(value))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("has powers of two as upper edges", () => {
    expect([sketchIndex(1), sketchIndex(2), sketchIndex(0.5)]).toEqual([-1, 31, -33]);
    expect(sketchIndex(neighbour(1, 1))).toBe(0);
  });

  test.each([Number.MIN_VALUE, 1e-300, 2 ** -30, neighbour(2 ** -30, 1)])(
    "puts %d into the lowest bucket",
    (value) => {
      expect(sketchIndex(value)).toBe(MIN_SKETCH_INDEX);
    },
  );

  test.each([2 ** 30, neighbour(2 ** 30, 1), 1e300, Number.MAX_VALUE])(
    "puts %d into the highest bucket",
    (value) => {
      expect(sketchIndex(value)).toBe(MAX_SKETCH_INDEX);
    },
  );
});

test("an edge is the base to the power of the index", () => {
  expect(sketchEdge(0)).toBe(1);
  expect(sketchEdge(32)).toBe(2);
  expect(sketchEdge(1) ** (2 ** SKETCH_SCALE)).toBeCloseTo(2, 12);
});
