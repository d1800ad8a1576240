import type { Drop } from "./drop.ts";
import { reasonFor } from "./drop.ts";

/** One series of a gauge. */
export class BoundGauge {
  /** What was set last. */
  value = 0;
  readonly #drop: Drop;

  constructor(drop: Drop) {
    this.#drop = drop;
  }

  /** Replaces the value. A non-finite number is ignored and counted in `telemetry.dropped`. */
  set(value: number): void {
    if (Number.isFinite(value)) this.value = value;
    else this.#drop(reasonFor(value));
  }
}
