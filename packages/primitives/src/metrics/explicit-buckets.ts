import { MAX_SKETCH_INDEX, MIN_SKETCH_INDEX, sketchIndex } from "./sketch-index.ts";

/** Finds the explicit bucket of a value from its sketch bucket. */
export interface BucketTable {
  /** Upper bounds, inclusive, and `Infinity` after the last. */
  readonly bounds: readonly number[];
  /** For each sketch bucket, from the lowest: how many bounds lie in lower sketch buckets. */
  readonly boundsBelow: Uint8Array;
}

/**
 * Builds the table for a list of bounds.
 *
 * @param bounds Upper bounds in ascending order, above 0, at most 255.
 */
export function createBucketTable(bounds: readonly number[]): BucketTable {
  const boundsBelow = new Uint8Array(MAX_SKETCH_INDEX - MIN_SKETCH_INDEX + 1);
  for (const bound of bounds) {
    const next = sketchIndex(bound) - MIN_SKETCH_INDEX + 1;
    for (let slot = next; slot < boundsBelow.length; slot++) boundsBelow[slot]!++;
  }
  return { bounds: [...bounds, Infinity], boundsBelow };
}
