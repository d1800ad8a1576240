/** Looks, once an interval, whether the last success is recent enough. */
export interface FreshnessWatch {
  /** Notes a success. */
  readonly succeeded: (atMs: number) => void;
  /** Looks if it is time to; undefined where it is not, and while there was no success that could have grown old. */
  readonly look: (nowMs: number) => "good" | "bad" | undefined;
  readonly lastSuccessAtMs: () => number | undefined;
}

export function watchFreshness({
  maxAgeMs,
  checkEveryMs,
  startMs,
}: {
  readonly maxAgeMs: number;
  readonly checkEveryMs: number;
  readonly startMs: number;
}): FreshnessWatch {
  let lastSuccessAtMs: number | undefined;
  let looked = Math.floor(startMs / checkEveryMs);
  return {
    succeeded(atMs) {
      lastSuccessAtMs = Math.max(lastSuccessAtMs ?? atMs, atMs);
    },
    look(nowMs) {
      const turn = Math.floor(nowMs / checkEveryMs);
      if (turn === looked) return undefined;
      looked = turn;
      const isOld = nowMs - (lastSuccessAtMs ?? startMs) > maxAgeMs;
      // Before the first success nothing is known to be fresh; it may only have been away for too long.
      if (lastSuccessAtMs === undefined) return isOld ? "bad" : undefined;
      return isOld ? "bad" : "good";
    },
    lastSuccessAtMs: () => lastSuccessAtMs,
  };
}
