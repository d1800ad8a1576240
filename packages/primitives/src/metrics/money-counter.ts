import type { Drop } from "./drop.ts";
import { reasonFor } from "./drop.ts";

const NANO_PER_USD = 1_000_000_000;

/**
 * One series of a counter of money.
 *
 * Money is held as whole dollars and the nano-dollars beyond them, both integers, so that sums are exact up to
 * 9 × 10^15 USD; nano-dollars in one number would lose exactness at 9 million USD.
 */
export class BoundMoneyCounter {
  #wholeUsd = 0;
  #nanoUsd = 0;
  readonly #drop: Drop;

  constructor(drop: Drop) {
    this.#drop = drop;
  }

  /** What was counted so far, in USD, rounded to the nearest double. */
  get value(): number {
    return this.#wholeUsd + this.#nanoUsd / NANO_PER_USD;
  }

  /** What was counted so far, in nano-dollars, exactly. */
  get nanoUsd(): bigint {
    return BigInt(this.#wholeUsd) * BigInt(NANO_PER_USD) + BigInt(this.#nanoUsd);
  }

  /**
   * Adds an amount, rounded to nano-dollars. A negative or non-finite one is ignored and counted in
   * `telemetry.dropped`.
   *
   * @param usd Amount in USD.
   */
  add(usd: number): void {
    if (typeof usd === "number" && usd >= 0 && usd < Infinity) {
      const wholeUsd = Math.floor(usd);
      this.#addParts(wholeUsd, Math.round((usd - wholeUsd) * NANO_PER_USD));
    } else this.#drop(reasonFor(usd));
  }

  /**
   * Adds an amount exactly. A negative or non-finite one is ignored and counted in `telemetry.dropped`.
   *
   * @param nanoUsd Amount in nano-dollars (10^-9 USD); a fraction is rounded.
   */
  addNanoUsd(nanoUsd: number): void {
    if (typeof nanoUsd === "number" && nanoUsd >= 0 && nanoUsd < Infinity) {
      const whole = Math.round(nanoUsd);
      const rest = whole % NANO_PER_USD;
      this.#addParts((whole - rest) / NANO_PER_USD, rest);
    } else this.#drop(reasonFor(nanoUsd));
  }

  #addParts(wholeUsd: number, nanoUsd: number): void {
    const sum = this.#nanoUsd + nanoUsd;
    const carry = sum >= NANO_PER_USD ? 1 : 0;
    this.#nanoUsd = sum - carry * NANO_PER_USD;
    this.#wholeUsd += wholeUsd + carry;
  }
}
