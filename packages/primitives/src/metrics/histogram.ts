import type { SpanContext } from "@opentelemetry/api";
import { durationBounds } from "../catalog/buckets.ts";
import type { Drop } from "./drop.ts";
import { reasonFor } from "./drop.ts";
import type { BucketTable } from "./explicit-buckets.ts";
import { createBucketTable } from "./explicit-buckets.ts";
import { type Exemplar, ExemplarSlot } from "./exemplar.ts";
import { ExponentialSketch } from "./exponential-sketch.ts";
import type { HistogramData } from "./histogram-data.ts";
import { quantileOf } from "./histogram-data.ts";
import { MIN_SKETCH_INDEX, sketchIndex } from "./sketch-index.ts";

/**
 * Creates a histogram that belongs to no registry: to merge series, or to look at a window of time.
 *
 * @param bounds Upper bounds of the buckets, inclusive, ascending and above 0.
 * @param drop Told of each value that was ignored.
 */
export function createHistogram(
  bounds: readonly number[] = durationBounds,
  drop: Drop = () => undefined,
): BoundHistogram {
  return new BoundHistogram(createBucketTable(bounds), drop);
}

/**
 * One series of a histogram: exact counts per explicit bound, and a sketch for percentiles.
 *
 * Neither can be had from the other, because the bounds are no edges of the sketch.
 */
export class BoundHistogram {
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  #zeroCount = 0;
  readonly #buckets: number[] = [];
  readonly #sketch = new ExponentialSketch();
  #exemplars: (ExemplarSlot | undefined)[] | undefined = undefined;
  readonly #table: BucketTable;
  readonly #drop: Drop;

  constructor(table: BucketTable, drop: Drop) {
    this.#table = table;
    this.#drop = drop;
    for (const _ of table.bounds) this.#buckets.push(0);
  }

  /**
   * Records a value. A negative or non-finite one is ignored and counted in `telemetry.dropped`.
   *
   * @param value In the unit of the metric: seconds for durations.
   */
  record(value: number): void {
    if (typeof value === "number" && value > 0 && value < Infinity) {
      const index = sketchIndex(value);
      this.#sketch.add(index);
      const { bounds, boundsBelow } = this.#table;
      let bucket = boundsBelow[index - MIN_SKETCH_INDEX]!;
      while (value > bounds[bucket]!) bucket++;
      this.#buckets[bucket]!++;
      this.#count++;
      this.#sum += value;
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
    } else this.#recordUnusual(value);
  }

  /**
   * Keeps a span as the example of the last value in its bucket. Call it after `record`, for a sampled span only.
   *
   * @param takenAt When it was recorded, as `performance.now()` tells.
   */
  exemplify(value: number, span: SpanContext, takenAt: number): void {
    if (!(value >= 0 && value < Infinity)) return;
    this.#exemplars ??= this.#buckets.map(() => undefined);
    const { bounds, boundsBelow } = this.#table;
    let bucket = value > 0 ? boundsBelow[sketchIndex(value) - MIN_SKETCH_INDEX]! : 0;
    while (value > bounds[bucket]!) bucket++;
    const slot = this.#exemplars[bucket];
    if (slot === undefined) this.#exemplars[bucket] = new ExemplarSlot(value, span, takenAt);
    else slot.replace(value, span, takenAt);
  }

  /** Returns the example of each bucket; undefined where there is none at all. @param nowMs This moment, epoch milliseconds. */
  exemplars(nowMs: number): readonly (Exemplar | undefined)[] | undefined {
    return this.#exemplars?.map((slot) => slot?.read(nowMs));
  }

  /**
   * Adds everything another histogram recorded, without loss.
   *
   * The bounds have to be the same; only their number can be checked here.
   *
   * @throws {RangeError} if the other has another number of bounds or another scale.
   */
  merge(other: HistogramData): void {
    if (other.bucketCounts.length !== this.#buckets.length) {
      throw new RangeError(
        `bucketCounts has ${other.bucketCounts.length} buckets, expected ${this.#buckets.length}`,
      );
    }
    this.#sketch.merge(other.sketch);
    other.bucketCounts.forEach((count, bucket) => (this.#buckets[bucket]! += count));
    this.#count += other.count;
    this.#sum += other.sum;
    this.#min = Math.min(this.#min, other.min ?? Infinity);
    this.#max = Math.max(this.#max, other.max ?? -Infinity);
    this.#zeroCount += other.zeroCount;
  }

  /** Estimates a quantile; see `quantileOf`. */
  quantile(q: number): number | undefined {
    return quantileOf(this.data(), q);
  }

  /** Copies what was recorded so far. */
  data(): HistogramData {
    const isEmpty = this.#count === 0;
    return {
      count: this.#count,
      sum: this.#sum,
      min: isEmpty ? undefined : this.#min,
      max: isEmpty ? undefined : this.#max,
      zeroCount: this.#zeroCount,
      bucketCounts: this.#buckets.slice(),
      sketch: this.#sketch.data(),
    };
  }

  #recordUnusual(value: number): void {
    if (value !== 0) return this.#drop(reasonFor(value));
    this.#zeroCount++;
    this.#buckets[0]!++;
    this.#count++;
    this.#min = 0;
    if (this.#max < 0) this.#max = 0;
  }
}
