import type { SpanContext } from "@opentelemetry/api";

/** One sampled call that a number in a snapshot comes from: the way from a metric to a trace. */
export interface Exemplar {
  /** Hex trace and span id. */
  readonly traceId: string;
  readonly spanId: string;
  /** What was recorded: 1 for a counter, the value in the metric's unit for a histogram. */
  readonly value: number;
  /** When, epoch milliseconds. */
  readonly atMs: number;
}

/**
 * Keeps the last exemplar of one series or bucket.
 *
 * It is written for every recorded call and read once a scrape. So writing notes only what is at hand, and the epoch
 * time is worked out on the first reading; from then on it stays, because Prometheus knows an exemplar again by it.
 */
export class ExemplarSlot {
  #value: number;
  #span: SpanContext;
  #takenAt: number;
  #exemplar: Exemplar | undefined = undefined;

  constructor(value: number, span: SpanContext, takenAt: number) {
    this.#value = value;
    this.#span = span;
    this.#takenAt = takenAt;
  }

  replace(value: number, span: SpanContext, takenAt: number): void {
    this.#value = value;
    this.#span = span;
    this.#takenAt = takenAt;
    this.#exemplar = undefined;
  }

  /**
   * Returns the exemplar, the same object until it is replaced.
   *
   * @param nowMs This moment, epoch milliseconds.
   */
  read(nowMs: number): Exemplar {
    if (this.#exemplar === undefined) {
      const { traceId, spanId } = this.#span;
      const atMs = nowMs - Math.max(0, performance.now() - this.#takenAt);
      this.#exemplar = Object.freeze({ traceId, spanId, value: this.#value, atMs });
    }
    return this.#exemplar;
  }
}
