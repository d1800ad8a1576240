import { MAX_SKETCH_INDEX, MIN_SKETCH_INDEX, SKETCH_SCALE, sketchEdge } from "./sketch-index.ts";

/** Counts of a base-2 exponential histogram, as OpenTelemetry's data model has them. */
export interface SketchData {
  readonly scale: number;
  /** Index of the first bucket in `counts`. */
  readonly offset: number;
  readonly counts: readonly number[];
}

/** Buckets are added an octave at a time: 32 at scale 5. */
const CHUNK = 2 ** SKETCH_SCALE;

/**
 * Counts values above 0 in buckets 2.2 % wide.
 *
 * Only the octaves that were used take memory, at most 1,920 counts (see `sketchIndex` for the range). Sketches have
 * one fixed scale, so that merging them loses nothing.
 */
export class ExponentialSketch {
  #offset = 0;
  #counts: number[] = [];

  /** Counts one value, by its `sketchIndex`. */
  add(index: number): void {
    const slot = index - this.#offset;
    if (slot >= 0 && slot < this.#counts.length) this.#counts[slot]!++;
    else this.#addTimes(index, 1);
  }

  /**
   * Adds everything another sketch counted. Buckets beyond the range of `sketchIndex` go into its first or last one.
   *
   * @throws {RangeError} if the other has another scale.
   */
  merge(other: SketchData): void {
    if (other.scale !== SKETCH_SCALE) {
      throw new RangeError(`scale is ${other.scale}, expected ${SKETCH_SCALE}`);
    }
    other.counts.forEach((count, slot) => {
      const index = Math.max(MIN_SKETCH_INDEX, Math.min(MAX_SKETCH_INDEX, other.offset + slot));
      if (count > 0) this.#addTimes(index, count);
    });
  }

  /** Copies the counts, without the empty buckets at either end. */
  data(): SketchData {
    let first = 0;
    let end = this.#counts.length;
    while (first < end && this.#counts[first] === 0) first++;
    while (end > first && this.#counts[end - 1] === 0) end--;
    return {
      scale: SKETCH_SCALE,
      offset: this.#offset + first,
      counts: this.#counts.slice(first, end),
    };
  }

  #addTimes(index: number, count: number): void {
    this.#reach(index);
    this.#counts[index - this.#offset]! += count;
  }

  /** Makes room for a bucket. Zeros are pushed one by one: an array made by its length is slower to count in. */
  #reach(index: number): void {
    const first = index - ((index - MIN_SKETCH_INDEX) % CHUNK);
    if (this.#counts.length === 0) this.#offset = first;
    if (first < this.#offset) {
      const old = this.#counts;
      this.#counts = [];
      for (let slot = first; slot < this.#offset; slot++) this.#counts.push(0);
      for (const count of old) this.#counts.push(count);
      this.#offset = first;
    }
    while (this.#offset + this.#counts.length < first + CHUNK) this.#counts.push(0);
  }
}

/**
 * Returns the value that stands for the sketch's n-th smallest value: the one whose relative distance to both ends of
 * its bucket is the same, so that it is at most 1.1 % off at the scale that everything here records in.
 *
 * @param rank From 1 to the number of values in the sketch.
 */
export function valueAtRank(sketch: SketchData, rank: number): number {
  let left = rank;
  let slot = 0;
  while (slot < sketch.counts.length - 1 && left > (sketch.counts[slot] ?? 0)) {
    left -= sketch.counts[slot] ?? 0;
    slot++;
  }
  const lower = sketchEdge(sketch.offset + slot, sketch.scale);
  const upper = sketchEdge(sketch.offset + slot + 1, sketch.scale);
  return (2 * lower * upper) / (lower + upper);
}
