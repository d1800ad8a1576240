import type { SpanContext } from "@opentelemetry/api";
import type { Drop } from "./drop.ts";
import { reasonFor } from "./drop.ts";
import { type Exemplar, ExemplarSlot } from "./exemplar.ts";

/** One series of a counter. */
export class BoundCounter {
  /** What was counted so far. `value++` is the fast way to count one; never lower it. */
  value = 0;
  #exemplar: ExemplarSlot | undefined = undefined;
  readonly #drop: Drop;

  constructor(drop: Drop) {
    this.#drop = drop;
  }

  /** Adds to the series. A negative or non-finite number is ignored and counted in `telemetry.dropped`. */
  add(amount = 1): void {
    if (typeof amount === "number" && amount >= 0 && amount < Infinity) this.value += amount;
    else this.#drop(reasonFor(amount));
  }

  /**
   * Keeps a span as the example of what was counted last. Of a span that is not sampled nobody could look at the trace.
   *
   * @param takenAt When it was counted, as `performance.now()` tells.
   */
  exemplify(span: SpanContext, takenAt: number): void {
    if (this.#exemplar === undefined) this.#exemplar = new ExemplarSlot(1, span, takenAt);
    else this.#exemplar.replace(1, span, takenAt);
  }

  /** Returns the example. @param nowMs This moment, epoch milliseconds. */
  exemplar(nowMs: number): Exemplar | undefined {
    return this.#exemplar?.read(nowMs);
  }
}
