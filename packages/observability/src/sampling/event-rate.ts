/** Events per second, lately. */
export interface EventRate {
  /** Takes in what happened in an interval. */
  readonly add: (events: number, seconds: number) => void;
  readonly perSecond: () => number;
}

/** The mean of about as many events, of no less and no more than so many seconds. */
const MEAN_OF_EVENTS = 30;
const MIN_SECONDS = 0.5;
const MAX_SECONDS = 10;

/**
 * Makes a moving mean whose reach follows the rate: what is frequent is believed within a second, what is rare is looked
 * at for longer, because a few events say little.
 */
export function createEventRate(): EventRate {
  let mean = 0;
  /** How much of the mean is known: without it the first seconds would count as the end of a long silence. */
  let weight = 0;
  const perSecond = (): number => (weight === 0 ? 0 : mean / weight);
  return {
    perSecond,
    add(events, seconds) {
      const now = events / seconds;
      const reach = MEAN_OF_EVENTS / Math.max(now, perSecond());
      const part = 1 - Math.exp(-seconds / Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, reach)));
      mean += part * (now - mean);
      weight += part * (1 - weight);
    },
  };
}
