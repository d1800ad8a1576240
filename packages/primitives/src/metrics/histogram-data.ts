import type { SketchData } from "./exponential-sketch.ts";
import { valueAtRank } from "./exponential-sketch.ts";

/** What one series of a histogram recorded. */
export interface HistogramData {
  readonly count: number;
  readonly sum: number;
  /** Smallest and largest value; undefined before the first. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** How many values were 0: the sketch has no bucket for it. */
  readonly zeroCount: number;
  /** Values per bucket, each alone; the last bucket holds what is above every bound. */
  readonly bucketCounts: readonly number[];
  readonly sketch: SketchData;
}

/**
 * Estimates a quantile: the smallest recorded value that at least the part `q` of all values does not exceed
 * (nearest rank), with a relative error of at most 1.1 %. The smallest and the largest value are exact.
 *
 * @param q From 0 to 1.
 * @returns undefined if nothing was recorded.
 * @throws {RangeError} if `q` is not within 0 and 1.
 */
export function quantileOf(data: HistogramData, q: number): number | undefined {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`q is ${q}, expected a number from 0 to 1`);
  const { count, min, max, zeroCount } = data;
  if (min === undefined || max === undefined) return undefined;
  // 0.07 × 100 is 7.000000000000001 in doubles, and its ceiling would be a rank too high.
  const rank = Math.max(1, Math.ceil(q * count * (1 - 2 * Number.EPSILON)));
  if (rank === 1) return min;
  if (rank === count) return max;
  if (rank <= zeroCount) return 0;
  return Math.min(max, Math.max(min, valueAtRank(data.sketch, rank - zeroCount)));
}
