import type { Drop } from "./drop.ts";
import { reasonFor } from "./drop.ts";

/** One series of an up-down counter: a sum that may fall. */
export class BoundUpDown {
  /** The sum now. `value++` and `value--` are the fast way to move it by one. */
  value = 0;
  readonly #drop: Drop;

  constructor(drop: Drop) {
    this.#drop = drop;
  }

  /** Adds to the sum. A non-finite number is ignored and counted in `telemetry.dropped`. */
  add(amount: number): void {
    if (Number.isFinite(amount)) this.value += amount;
    else this.#drop(reasonFor(amount));
  }
}
