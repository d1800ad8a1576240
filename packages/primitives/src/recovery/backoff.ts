import { checkNumber, checkOneOf, checkOptionalNumber, describe, DURATION } from "../options.ts";

/** How long to wait before a retry. Milliseconds; `factor` multiplies from one wait to the next. */
export type Backoff =
  | {
      readonly kind: "constant" | "linear" | "exponential";
      /** The first wait, in milliseconds. */
      readonly delayMs: number;
      /** No wait is longer than this, jitter included; only a `Retry-After` is. @default 30_000, or `delayMs` where that is longer */
      readonly maxDelayMs?: number;
      /** For "exponential". @default 2 */
      readonly factor?: number;
    }
  | ((attempt: number) => number);

/**
 * How much of a wait is left to chance, so that callers that failed together do not return together.
 *
 * `"full"`: anything from 0 to the wait; `"equal"`: the second half of it; `"decorrelated"`: from the first wait to three
 * times the last one. See https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export type Jitter = "none" | "full" | "equal" | "decorrelated";

export interface BackoffPlan {
  /** False for a function: its waits are only known when it is asked. */
  readonly isBounded: boolean;
  readonly maxDelayMs: number;
  /** As data, for drawings and bounds. */
  readonly options: Readonly<Record<string, unknown>>;
  /** @param random Gives numbers in [0, 1) @param lastDelayMs The wait before; 0 at first */
  delayMs(attempt: number, random: () => number, lastDelayMs: number): number;
}

const DEFAULT_BACKOFF = { kind: "exponential", delayMs: 200 } as const;
const DEFAULT_MAX_DELAY_MS = 30_000;

/** @throws TypeError or RangeError that names the option */
export function planBackoff(backoff: Backoff = DEFAULT_BACKOFF, jitter?: Jitter): BackoffPlan {
  if (jitter !== undefined)
    checkOneOf(jitter, "retry({ jitter })", ["none", "full", "equal", "decorrelated"]);
  if (typeof backoff === "function") return custom(backoff, jitter ?? "none");
  if (backoff === null || typeof backoff !== "object")
    throw new TypeError(
      `retry({ backoff }): expected an object or a function, got ${describe(backoff)}`,
    );
  checkOneOf(backoff.kind, "retry({ backoff: { kind } })", ["constant", "linear", "exponential"]);
  const first = checkNumber(backoff.delayMs, "retry({ backoff: { delayMs } })", DURATION);
  const cap =
    checkOptionalNumber(backoff.maxDelayMs, "retry({ backoff: { maxDelayMs } })", DURATION) ??
    Math.max(first, DEFAULT_MAX_DELAY_MS);
  const factor =
    checkOptionalNumber(backoff.factor, "retry({ backoff: { factor } })", { min: 1 }) ?? 2;
  const kind = jitter ?? (backoff.kind === "exponential" ? "full" : "none");
  const plain = (attempt: number): number => {
    // Without a wait there is nothing to multiply: the factor's power is infinite some day, and 0 × ∞ is no number.
    if (backoff.kind === "constant" || first === 0) return first;
    return backoff.kind === "linear" ? first * attempt : first * factor ** (attempt - 1);
  };
  return {
    isBounded: true,
    maxDelayMs: cap,
    options: { kind: backoff.kind, delayMs: first, maxDelayMs: cap, factor, jitter: kind },
    delayMs: (attempt, random, last) =>
      spread(Math.min(cap, plain(attempt)), kind, { random, last, first, cap }),
  };
}

function custom(backoff: (attempt: number) => number, jitter: Jitter): BackoffPlan {
  return {
    isBounded: false,
    maxDelayMs: Infinity,
    options: { kind: "custom", jitter },
    delayMs(attempt, random, last) {
      const asked = checkNumber(
        backoff(attempt),
        `retry({ backoff }): what it returned for attempt ${attempt}`,
        DURATION,
      );
      return spread(asked, jitter, { random, last, first: asked, cap: Infinity });
    },
  };
}

function spread(
  delayMs: number,
  jitter: Jitter,
  { random, last, first, cap }: { random: () => number; last: number; first: number; cap: number },
): number {
  switch (jitter) {
    case "none":
      return delayMs;
    case "full":
      return delayMs * random();
    case "equal":
      return delayMs / 2 + (delayMs / 2) * random();
    case "decorrelated": {
      const longest = Math.max(first, last * 3);
      return Math.min(cap, first + (longest - first) * random());
    }
  }
}
