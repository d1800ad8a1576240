import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  EVERYTHING,
  inARow,
  parseRandomness,
  parseThreshold,
  randomnessOf,
  thresholdOf,
} from "./threshold.ts";

const probability = fc.double({ min: 2 ** -56, max: 1, noNaN: true });
const hex14 = fc
  .bigInt({ min: 0n, max: 2n ** 56n - 1n })
  .map((n) => n.toString(16).padStart(14, "0"));

describe("a threshold", () => {
  // The table of the specification, for the four digits it recommends.
  test.each([
    [1, "0", 1],
    [1 / 2, "8", 2],
    [1 / 3, "aaab", 3.000_045_777_065_69],
    [1 / 4, "c", 4],
    [1 / 5, "cccd", 5.000_076_295_109_483],
    [1 / 8, "e", 8],
    [1 / 10, "e666", 9.999_389_685_688_13],
    [1 / 16, "f", 16],
    [1 / 100, "fd70a", 99.997_711_234_026_33],
    [1 / 1000, "ffbe77", 1000.012_874_769_029],
    [1 / 10_000, "fff9724", 9999.830_725_674_266],
    [1 / 100_000, "ffff583a", 99_999.238_556_461],
    [1 / 1_000_000, "ffffef39", 999_992.385_564_61],
  ])("for %d is %s and counts %d", (share, encoded, adjustedCount) => {
    const threshold = thresholdOf(share);
    expect(threshold?.encoded).toBe(encoded);
    expect(threshold?.adjustedCount).toBeCloseTo(adjustedCount, 6);
  });

  test.each([0, -1, 2 ** -58])("for %d is none", (share) => {
    expect(thresholdOf(share)).toBeUndefined();
  });

  test("keeps about the share it is for, and its count is one divided by what it keeps", () => {
    fc.assert(
      fc.property(probability, (share) => {
        const threshold = thresholdOf(share)!;
        expect(Math.abs(threshold.probability / share - 1)).toBeLessThan(
          share < 2 ** -40 ? 1 : 0.5 / 16 ** 3,
        );
        expect(threshold.adjustedCount * threshold.probability).toBeCloseTo(1, 12);
        expect(threshold.encoded).toMatch(/^(0|[0-9a-f]{0,13}[1-9a-f])$/);
      }),
    );
  });

  test("is what its encoding says", () => {
    fc.assert(
      fc.property(probability, (share) => {
        const threshold = thresholdOf(share)!;
        expect(parseThreshold(threshold.encoded)).toEqual(threshold);
      }),
    );
  });

  test("of a larger share lets through whatever one of a smaller share does", () => {
    fc.assert(
      fc.property(probability, probability, hex14, (one, other, randomness) => {
        const small = thresholdOf(Math.min(one, other))!;
        const large = thresholdOf(Math.max(one, other))!;
        expect(randomness >= large.hex || randomness < small.hex).toBe(true);
      }),
    );
  });

  test.each(["", "g", "123456789012345", "0x1", "-1"])("is not read from %j", (encoded) => {
    expect(parseThreshold(encoded)).toBeUndefined();
  });

  test("is read in capitals too", () => {
    expect(parseThreshold("FD70A")).toEqual(thresholdOf(0.01));
  });
});

describe("two thresholds in a row", () => {
  test("multiply", () => {
    expect(inARow(thresholdOf(0.1)!, thresholdOf(0.1)!)?.probability).toBeCloseTo(0.01, 5);
    expect(inARow(EVERYTHING, thresholdOf(0.1)!)).toEqual(thresholdOf(0.1));
    expect(inARow(thresholdOf(0.1)!, parseThreshold("0")!)).toEqual(thresholdOf(0.1));
  });

  test("let nothing through that either would not", () => {
    fc.assert(
      fc.property(probability, probability, (one, other) => {
        const [first, second] = [thresholdOf(one)!, thresholdOf(other)!];
        const both = inARow(first, second);
        if (both === undefined) return;
        expect(both.hex >= first.hex && both.hex >= second.hex).toBe(true);
      }),
    );
  });

  test("keep nothing where the share is too small to be written", () => {
    expect(inARow(thresholdOf(2 ** -50)!, thresholdOf(2 ** -50)!)).toBeUndefined();
  });
});

describe("the randomness of a trace", () => {
  test("is the last 56 bits of its id", () => {
    expect(randomnessOf("0AF7651916CD43DD8448EB211C80319C")).toBe("48eb211c80319c");
  });

  test("may be given instead, with all its digits", () => {
    expect(parseRandomness("48EB211C80319C")).toBe("48eb211c80319c");
    expect(parseRandomness("48eb")).toBeUndefined();
  });
});
