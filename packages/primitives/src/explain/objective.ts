import type { Place } from "../tree/place.ts";
import type { Site } from "./site.ts";

/**
 * What is to be as large as possible. Time is looked at by itself: where every course may be, and when. For everything
 * else earlier is better, because what can be done can be done with more time left.
 */
export interface Objective {
  readonly isTime: boolean;
  /** What one call of a leaf counts. */
  ofCall(leaf: Site): number;
  /** True where the milliseconds count during which a leaf runs. */
  ofRunning(leaf: Site): boolean;
  /** True where the milliseconds count that are waited here. */
  ofWaiting(place: Place): boolean;
}

const NOTHING = { isTime: false, ofCall: () => 0, ofRunning: () => false, ofWaiting: () => false };

/** How long it takes in all. */
export const totalTime: Objective = { ...NOTHING, isTime: true };

export function callsOf(isMeant: (leaf: Site) => boolean): Objective {
  return { ...NOTHING, ofCall: (leaf) => (isMeant(leaf) ? 1 : 0) };
}

export function runningOf(leaf: Site): Objective {
  return { ...NOTHING, ofRunning: ({ place }) => place === leaf.place };
}

/** Waits of several branches add up, as they do in `workflow.waiting_ms`. */
export function waitingAt(isMeant: (place: Place) => boolean): Objective {
  return { ...NOTHING, ofWaiting: isMeant };
}

export function costOf(usdPerCall: (leaf: Site) => number): Objective {
  return { ...NOTHING, ofCall: usdPerCall };
}
