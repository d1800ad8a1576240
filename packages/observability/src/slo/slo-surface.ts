import type { SloStatus } from "./slo-status.ts";

/** The SLOs of the process: `observability.slo`. */
export interface SloSurface {
  /** Returns how each SLO stands now, in the order they became known; with a name that one alone, and nothing where there is none. */
  readonly status: (name?: string) => readonly SloStatus[];
  /**
   * Counts an event that the program judged itself, for an SLO of any kind; for one with the indicator `custom` there is
   * no other way.
   *
   * @throws RangeError for a name that no SLO has, TypeError when `good` is neither true nor false
   */
  readonly record: (name: string, good: boolean) => void;
}

/** What there is where observability is turned off. */
export const noSlos: SloSurface = Object.freeze({ status: () => [], record: () => undefined });
