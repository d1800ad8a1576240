import type { Threshold } from "./threshold.ts";
import { EVERYTHING, thresholdOf } from "./threshold.ts";

/** Says which share of the traces is kept, name by name; constant or from moment to moment. */
export interface TraceRatio {
  /** How it is called in `sampling.traces`. */
  readonly reason: "always" | "never" | "ratio" | "adaptive";
  /** Whether what it says changes: then a trace must be decided on once, not span by span. */
  readonly varies: boolean;
  /**
   * The threshold for a trace that is decided on now; undefined keeps none. Counts the trace: ask once for each.
   *
   * @param name What the trace's local root is called.
   */
  readonly thresholdFor: (name: string) => Threshold | undefined;
}

/**
 * The same share at all times.
 *
 * @param ratio From 0 to 1.
 */
export function constantRatio(ratio: number): TraceRatio {
  const threshold = thresholdOf(ratio);
  return {
    reason:
      threshold === undefined ? "never" : threshold.hex === EVERYTHING.hex ? "always" : "ratio",
    varies: false,
    thresholdFor: () => threshold,
  };
}
