/**
 * Returns the `fraction` quantile of `values`, interpolated between neighbours (method 7 of Hyndman and Fan, the
 * default of R and NumPy).
 *
 * @throws {RangeError} without values.
 */
export function quantile(values: readonly number[], fraction: number): number {
  if (values.length === 0) throw new RangeError("quantile of no values: expected at least one");
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** Returns the middle of `values`. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Returns a generator of numbers in [0, 1) that repeats itself for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Turns text into a seed (FNV-1a), so that every row has an order of its own. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return hash >>> 0;
}
