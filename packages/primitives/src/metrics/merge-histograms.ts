import type { HistogramData } from "./histogram-data.ts";
import { mergeSketches } from "./merge-sketches.ts";

/**
 * Adds histograms up as if one had recorded everything: series of one metric, or the same series of several threads
 * or processes. Counts, smallest and largest value are exact; the sum is as exact as adding doubles is.
 *
 * @returns one that has recorded nothing, and has no buckets, if there is nothing to add up.
 * @throws {RangeError} if they have different numbers of buckets. The bounds have to be the same; only their number
 *   can be checked here.
 * @example
 * ```ts
 * import { mergeHistograms, quantileOf, slot } from "@tta-dev/primitives";
 *
 * const { metrics } = slot().registry.snapshot();
 * const durations = metrics.find(({ name }) => name === "primitive.execution.duration");
 * if (durations?.kind === "histogram") {
 *   const p95 = quantileOf(mergeHistograms(durations.series), 0.95);
 *   process.stdout.write(`95 % of all executions took at most ${p95} s\n`);
 * }
 * ```
 */
export function mergeHistograms(histograms: readonly HistogramData[]): HistogramData {
  const bucketCounts = (histograms[0]?.bucketCounts ?? []).map(() => 0);
  let count = 0;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  let zeroCount = 0;
  for (const histogram of histograms) {
    requireSameBuckets(histogram.bucketCounts.length, bucketCounts.length);
    histogram.bucketCounts.forEach((added, bucket) => (bucketCounts[bucket]! += added));
    count += histogram.count;
    sum += histogram.sum;
    min = Math.min(min, histogram.min ?? Infinity);
    max = Math.max(max, histogram.max ?? -Infinity);
    zeroCount += histogram.zeroCount;
  }
  const isEmpty = count === 0;
  return {
    count,
    sum,
    min: isEmpty ? undefined : min,
    max: isEmpty ? undefined : max,
    zeroCount,
    bucketCounts,
    sketch: mergeSketches(histograms.map(({ sketch }) => sketch)),
  };
}

function requireSameBuckets(length: number, expected: number): void {
  if (length !== expected)
    throw new RangeError(`bucketCounts has ${length} buckets, expected ${expected}`);
}
