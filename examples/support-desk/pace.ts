/** Turns the desk's own times into wall time. */
export interface Pace {
  /** How long something of the desk takes or waits: it passes as much faster as the demo runs. */
  readonly wallMs: (deskMs: number) => number;
  /**
   * A limit on something that leaves the process. It shrinks with the speed too, but to a tenth at most: loopback
   * and a server's Retry-After do not get any faster.
   */
  readonly limitMs: (deskMs: number) => number;
}

const fastestLimit = 10;

/** @param speed how many times faster than the desk's time the demo runs */
export function createPace(speed: number): Pace {
  return {
    wallMs: (deskMs) => deskMs / speed,
    limitMs: (deskMs) => deskMs / Math.min(speed, fastestLimit),
  };
}
