import { windowsOf } from "@tta-dev/primitives/slo";
import type { Slo } from "@tta-dev/primitives/slo";
import { SlidingWindow } from "./sliding-window.ts";

/** Buckets of a window in which the burn is watched: 2.5 s of 5 m, 30 s of 1 h, 36 min of 3 d. */
const BURN_BUCKETS = 120;
/** Buckets of an SLO's own window: 2 minutes for each of its days, an hour of 30 d. */
const OWN_BUCKETS = 720;

/** One window of an SLO, and what was counted in it. */
export interface CountedWindow {
  /** The label `window`. */
  readonly name: string;
  /** Whether it is the window that the objective is about. */
  readonly isOwn: boolean;
  readonly ring: SlidingWindow;
}

/** Makes the empty windows of an SLO, its own last. */
export function countedWindows(slo: Slo): readonly CountedWindow[] {
  const windows = windowsOf(slo);
  return windows.map(({ name, lengthMs }, index) => {
    const isOwn = index === windows.length - 1;
    return { name, isOwn, ring: new SlidingWindow(lengthMs, isOwn ? OWN_BUCKETS : BURN_BUCKETS) };
  });
}
