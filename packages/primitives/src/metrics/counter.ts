import type { Drop } from "./drop.ts";
import { reasonFor } from "./drop.ts";

/** One series of a counter. */
export class BoundCounter {
  /** What was counted so far. `value++` is the fast way to count one; never lower it. */
  value = 0;
  readonly #drop: Drop;

  constructor(drop: Drop) {
    this.#drop = drop;
  }

  /** Adds to the series. A negative or non-finite number is ignored and counted in `telemetry.dropped`. */
  add(amount = 1): void {
    if (typeof amount === "number" && amount >= 0 && amount < Infinity) this.value += amount;
    else this.#drop(reasonFor(amount));
  }
}
