import type { ExponentialHistogram } from "@opentelemetry/sdk-metrics";

/** Classic buckets, the same bounds for every histogram. */
export interface ClassicBuckets {
  readonly bounds: readonly number[];
  /** For each histogram, one count more than there are bounds. */
  readonly counts: readonly (readonly number[])[];
}

/** As many as the SDK's exponential histograms have at most. */
const MOST_BOUNDS = 160;

/**
 * Turns exponential histograms into classic ones whose bounds are powers of two: each exponential bucket lies within
 * one of these, so that every count is exact. Values of 0 and less lie below the lowest bound. Where values spread too
 * far, the bounds are powers of 4, of 16 and so on.
 */
export function classicBuckets(histograms: readonly ExponentialHistogram[]): ClassicBuckets {
  const ranges = histograms
    .filter(({ positive }) => positive.bucketCounts.length > 0)
    .map(({ positive: { offset, bucketCounts }, scale }) => ({
      scale,
      first: offset,
      last: offset + bucketCounts.length - 1,
    }));
  if (ranges.length === 0) return { bounds: [], counts: histograms.map(({ count }) => [count]) };

  let scale = Math.min(0, ...ranges.map((range) => range.scale));
  const edge = (end: "first" | "last"): readonly number[] =>
    ranges.map((range) => coarser(range[end], range.scale - scale));
  let first = Math.min(...edge("first"));
  let last = Math.max(...edge("last"));
  for (; last - first + 2 > MOST_BOUNDS; first >>= 1, last >>= 1) scale -= 1;

  const bounds: number[] = [];
  for (let index = first; index <= last + 1; index++) {
    const bound = 2 ** (index * 2 ** -scale);
    if (bound < Infinity) bounds.push(bound);
  }
  return { bounds, counts: histograms.map((one) => countsOf(one, { scale, first, bounds })) };
}

function countsOf(
  { positive, negative, zeroCount, scale }: ExponentialHistogram,
  to: { readonly scale: number; readonly first: number; readonly bounds: readonly number[] },
): readonly number[] {
  const counts = [zeroCount, ...to.bounds.map(() => 0)];
  for (const count of negative.bucketCounts) counts[0]! += count;
  positive.bucketCounts.forEach((count, slot) => {
    counts[coarser(positive.offset + slot, scale - to.scale) - to.first + 1]! += count;
  });
  return counts;
}

/** Halves an index for each step of scale, downwards: two neighbouring buckets become one. */
function coarser(index: number, steps: number): number {
  return Math.floor(index / 2 ** steps);
}
