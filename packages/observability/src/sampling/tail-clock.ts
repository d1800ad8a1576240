/** Time, as a tail sampler needs it. */
export interface TailClock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Calls back once, unless the function it returns is called first. Must not keep the process alive. */
  readonly startTimer: (delayMs: number, fire: () => void) => () => void;
}

/** The clock of the machine. */
export const machineClock: TailClock = {
  now: Date.now,
  startTimer(delayMs, fire) {
    const timer = setTimeout(fire, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
