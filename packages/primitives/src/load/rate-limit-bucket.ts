export interface BucketRules {
  /** Tokens that come back within `intervalMs`. */
  readonly limit: number;
  readonly intervalMs: number;
  /** Tokens it holds. */
  readonly burst: number;
}

/** Sums of fractions of a millisecond are off by less than this; a timer cannot wait for so little. */
const ROUNDING_MS = 1e-6;

/**
 * A token bucket that refills all the time. It remembers one number, the moment at which it will be full again: the generic
 * cell rate algorithm (ITU-T I.371), which is the same bucket without a counter to keep up to date.
 */
export class TokenBucket {
  readonly #tokenMs: number;
  readonly #capacityMs: number;
  #fullAt = -Infinity;

  constructor({ limit, intervalMs, burst }: BucketRules) {
    this.#tokenMs = intervalMs / limit;
    this.#capacityMs = burst * this.#tokenMs;
  }

  /** Milliseconds until there is a token for a caller with so many others ahead; 0 when it is there. */
  waitMs(nowMs: number, ahead = 0): number {
    const waitMs = this.#missingMs(nowMs) + (ahead + 1) * this.#tokenMs - this.#capacityMs;
    return waitMs <= ROUNDING_MS ? 0 : waitMs;
  }

  take(nowMs: number): void {
    this.#fullAt = nowMs + this.#missingMs(nowMs) + this.#tokenMs;
  }

  /** Takes back the last `take`, or any: what was not used is there again. */
  giveBack(): void {
    this.#fullAt -= this.#tokenMs;
  }

  /** How long it takes to fill. Never more than from empty, whatever another caller's clock said before. */
  #missingMs(nowMs: number): number {
    return Math.min(this.#capacityMs, Math.max(0, this.#fullAt - nowMs));
  }
}
