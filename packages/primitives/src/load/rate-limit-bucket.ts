export interface BucketRules {
  /** Tokens that come back within `intervalMs`. */
  readonly limit: number;
  readonly intervalMs: number;
  /** Tokens it holds. */
  readonly burst: number;
}

/** A clock cannot tell two moments apart that are closer than a few units in the last place of its reading. */
const ROUNDING = 8 * Number.EPSILON;
const MIN_ROUNDING_MS = 1e-6;

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
    return waitMs <= Math.max(MIN_ROUNDING_MS, nowMs * ROUNDING) ? 0 : waitMs;
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
    this.#fullAt = Math.min(this.#fullAt, nowMs + this.#capacityMs);
    return Math.max(0, this.#fullAt - nowMs);
  }
}
