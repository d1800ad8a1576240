/** Turns a median absolute deviation into the standard deviation that a normal distribution would have. */
const NORMAL = 1.4826;

/** Middle of some numbers; NaN of none. Leaves them as they are. */
export function median(values: Iterable<number>): number {
  const sorted = Float64Array.from(values).toSorted();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Spread of some numbers about their middle, unmoved by outliers as long as they are fewer than half.
 *
 * @see Rousseeuw and Croux, "Alternatives to the Median Absolute Deviation", 1993
 */
export function robustSpread(values: readonly number[], middle: number): number {
  return NORMAL * median(values.map((value) => Math.abs(value - middle)));
}
