/** What is usual lately: a quantile of the values of the last while. */
export interface RollingQuantile {
  /** Counts a value and says whether it lies above what was usual before it. */
  readonly add: (value: number, nowMs: number) => boolean;
  /** Whether a value lies above what is usual; false until enough is known. */
  readonly isAbove: (value: number, nowMs: number) => boolean;
}

export interface RollingQuantileOptions {
  /** Above 0 and below 1. */
  readonly quantile: number;
  /** Values that have to be known before anything counts as unusual. */
  readonly minimumCount: number;
  /** Milliseconds: values between one and two windows old still count. */
  readonly windowMs: number;
}

/** Buckets to a power of two: each is 2.2 % wide. */
const BUCKETS_PER_OCTAVE = 32;
/** Values that may come before the quantile is looked for again, as a part of those that are known. */
const STALE_PART = 1 / 32;

/**
 * Follows a quantile with a base-2 exponential histogram of two windows, the running one and the one before it.
 *
 * A value is above it when its bucket is: of equal values none is ever unusual, and about 1 − quantile of any others.
 */
export function createRollingQuantile(options: RollingQuantileOptions): RollingQuantile {
  const { quantile, minimumCount, windowMs } = options;
  let current = new Map<number, number>();
  let previous = new Map<number, number>();
  let count = 0;
  let countBefore = 0;
  let startedAtMs = -Infinity;
  let usual: number | undefined;
  let fresh = 0;

  const turn = (nowMs: number): void => {
    if (nowMs - startedAtMs < windowMs) return;
    // After a pause of more than a window nothing of what was known is recent.
    const isPaused = nowMs - startedAtMs >= 2 * windowMs;
    previous = isPaused ? new Map() : current;
    countBefore = isPaused ? 0 : count;
    current = new Map();
    count = 0;
    startedAtMs = nowMs;
    fresh = Infinity;
  };

  const find = (): number | undefined => {
    const all = count + countBefore;
    if (all < minimumCount) return undefined;
    if (usual !== undefined && fresh <= all * STALE_PART) return usual;
    fresh = 0;
    const buckets = [...new Set([...current.keys(), ...previous.keys()])].toSorted((a, b) => a - b);
    let left = quantile * all;
    for (const bucket of buckets) {
      usual = bucket;
      left -= (current.get(bucket) ?? 0) + (previous.get(bucket) ?? 0);
      if (left <= 0) break;
    }
    return usual;
  };

  const isAbove = (value: number, nowMs: number): boolean => {
    turn(nowMs);
    const bucket = find();
    return bucket !== undefined && bucketOf(value) > bucket;
  };

  return {
    isAbove,
    add(value, nowMs) {
      const isUnusual = isAbove(value, nowMs);
      const bucket = bucketOf(value);
      current.set(bucket, (current.get(bucket) ?? 0) + 1);
      count++;
      fresh++;
      return isUnusual;
    },
  };
}

function bucketOf(value: number): number {
  return value > 0 ? Math.ceil(Math.log2(value) * BUCKETS_PER_OCTAVE) : -Infinity;
}
