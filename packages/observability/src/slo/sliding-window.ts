import type { SloCounts } from "@tta-dev/primitives/slo";

/** What fell into one bucket: its number (start ÷ width), and what was counted in it. */
export type BucketCounts = readonly [number: number, events: number, bad: number];

/**
 * Counts events in a window that slides, in fixed memory: a ring of buckets that lie at multiples of their width.
 *
 * The window holds what happened since the start of the bucket that was current a window's length ago. So it is exact
 * at every bucket edge, and in between it looks back up to one bucket further.
 *
 * An event is never later than now: when the clock is put back, what lay in the future belongs to the present.
 */
export class SlidingWindow {
  readonly lengthMs: number;
  readonly bucketMs: number;
  readonly #events: Float64Array;
  readonly #bad: Float64Array;
  #current: number | undefined = undefined;
  #sumEvents = 0;
  #sumBad = 0;

  /** @param buckets How many of them the window has; the bucket that is being filled comes on top */
  constructor(lengthMs: number, buckets: number) {
    this.lengthMs = lengthMs;
    this.bucketMs = lengthMs / buckets;
    this.#events = new Float64Array(buckets + 1);
    this.#bad = new Float64Array(buckets + 1);
  }

  /** Counts an event that happens now. */
  add(nowMs: number, isBad: boolean): void {
    this.#put(this.#turnTo(nowMs), 1, isBad ? 1 : 0);
  }

  /** Adds what was counted elsewhere, or earlier; what is too old for the window is left out. */
  merge(
    nowMs: number,
    counts: { readonly bucketMs: number; readonly buckets: Iterable<BucketCounts> },
  ): void {
    const current = this.#turnTo(nowMs);
    for (const [number, events, bad] of counts.buckets) {
      const own = Math.floor((number * counts.bucketMs) / this.bucketMs);
      if (own > current - this.#events.length) this.#put(Math.min(own, current), events, bad);
    }
  }

  /** Returns what was counted in the window that ends now. */
  counts(nowMs: number): SloCounts {
    this.#turnTo(nowMs);
    return { events: this.#sumEvents, bad: this.#sumBad };
  }

  /** Lists the buckets that hold something, the oldest first. */
  *buckets(nowMs: number): Generator<BucketCounts> {
    const current = this.#turnTo(nowMs);
    for (let number = current - this.#events.length + 1; number <= current; number += 1) {
      const at = this.#slot(number);
      const events = this.#events[at]!;
      if (events > 0) yield [number, events, this.#bad[at]!];
    }
  }

  #put(number: number, events: number, bad: number): void {
    const at = this.#slot(number);
    this.#events[at]! += events;
    this.#bad[at]! += bad;
    this.#sumEvents += events;
    this.#sumBad += bad;
  }

  /** Makes the bucket of this moment the current one: empties what has left the window. */
  #turnTo(nowMs: number): number {
    const number = Math.floor(nowMs / this.bucketMs);
    const before = this.#current;
    if (number === before) return number;
    this.#current = number;
    if (before === undefined) return number;
    const size = this.#events.length;
    if (number > before) {
      for (let next = Math.max(before + 1, number - size + 1); next <= number; next += 1)
        this.#take(next);
    } else {
      let events = 0;
      let bad = 0;
      for (let later = Math.max(number + 1, before - size + 1); later <= before; later += 1) {
        const taken = this.#take(later);
        events += taken.events;
        bad += taken.bad;
      }
      this.#put(number, events, bad);
    }
    return number;
  }

  #take(number: number): SloCounts {
    const at = this.#slot(number);
    const taken = { events: this.#events[at]!, bad: this.#bad[at]! };
    this.#events[at] = 0;
    this.#bad[at] = 0;
    this.#sumEvents -= taken.events;
    this.#sumBad -= taken.bad;
    return taken;
  }

  #slot(number: number): number {
    const size = this.#events.length;
    return ((number % size) + size) % size;
  }
}
