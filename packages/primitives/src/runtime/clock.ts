/** Where an in-process runtime gets time from: the machine, or a test. */
export interface Clock {
  /** True for the machine's own clock: spans may then take their own timestamps. */
  readonly real: boolean;
  /** Epoch milliseconds. */
  now(): number;
  /** Monotonic milliseconds, for durations. */
  elapsed(): number;
  /** Calls back once after `delayMs`, unless the function it returns is called first. */
  startTimer(delayMs: number, fire: () => void): () => void;
}

/** setTimeout holds at most 2^31 - 1 ms (24.8 days) and fires at once beyond that: longer waits take several turns. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The machine's clock. */
export const realClock: Clock = {
  real: true,
  now: () => Date.now(),
  elapsed: () => performance.now(),
  startTimer(delayMs, fire) {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      timer =
        left > LONGEST_TIMEOUT_MS
          ? setTimeout(() => arm(left - LONGEST_TIMEOUT_MS), LONGEST_TIMEOUT_MS)
          : setTimeout(fire, Math.max(0, left));
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  },
};
