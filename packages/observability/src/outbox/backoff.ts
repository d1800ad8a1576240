const FIRST_MS = 1000;
const FACTOR = 2;
const LONGEST_MS = 30_000;
/** A collector that asks for more is asked again after this time all the same: it may have been replaced. */
const LONGEST_ASKED_MS = 120_000;

/** The pause after a collector has said that it can take nothing now. */
export interface Backoff {
  readonly isWaiting: () => boolean;
  /** Waits: as long as it was asked to, else longer each time. Called while it waits, it changes nothing. */
  readonly start: (retryAfterMs: number | undefined) => void;
  /** Ends the wait, without a call, and begins anew. */
  readonly reset: () => void;
}

/**
 * Makes a pause that grows from 1 to 30 s, cut at random by up to half, so that a thousand processes do not come back at
 * once. It does not keep the process alive.
 *
 * @param over Called when a wait is over.
 */
export function createBackoff(over: () => void, random: () => number = Math.random): Backoff {
  let growingMs = FIRST_MS;
  let timer: NodeJS.Timeout | undefined;
  return {
    isWaiting: () => timer !== undefined,
    start(retryAfterMs) {
      if (timer !== undefined) return;
      const ownMs = growingMs * (1 - random() / 2);
      growingMs = Math.min(growingMs * FACTOR, LONGEST_MS);
      const waitMs = Math.min(Math.max(retryAfterMs ?? ownMs, 0), LONGEST_ASKED_MS);
      timer = setTimeout(() => {
        timer = undefined;
        over();
      }, waitMs).unref();
    },
    reset() {
      clearTimeout(timer);
      timer = undefined;
      growingMs = FIRST_MS;
    },
  };
}
