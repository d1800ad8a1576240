/** The shortest and the longest that one wait may be, in milliseconds. */
export interface WaitRange {
  readonly least: number;
  readonly most: number;
}

interface BackoffOptions {
  readonly kind: "constant" | "linear" | "exponential" | "custom";
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly factor: number;
  readonly jitter: "none" | "full" | "equal" | "decorrelated";
}

/** The waits of a retry, from what `describe()` says of its backoff: `attempt` is the one that failed, from 1 on. */
export function waitRanges(backoff: unknown): (attempt: number) => WaitRange {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what planBackoff() put into the options of a retry
  const { kind, delayMs: first, maxDelayMs: cap, factor, jitter } = backoff as BackoffOptions;
  if (kind === "custom") return () => ({ least: 0, most: Infinity });
  if (first === 0) return () => ({ least: 0, most: 0 });
  const plain = (attempt: number): number => {
    if (kind === "constant") return Math.min(cap, first);
    const grown = kind === "linear" ? first * attempt : first * factor ** (attempt - 1);
    return Math.min(cap, grown);
  };
  switch (jitter) {
    case "none":
      return (attempt) => ({ least: plain(attempt), most: plain(attempt) });
    case "full":
      return (attempt) => ({ least: 0, most: plain(attempt) });
    case "equal":
      return (attempt) => ({ least: plain(attempt) / 2, most: plain(attempt) });
    case "decorrelated":
      // Each wait is at most three times the last; the first is not left to chance.
      return (attempt) => ({
        least: Math.min(cap, first),
        most: Math.min(cap, first * 3 ** (attempt - 1)),
      });
  }
}
