import type { EndedRun } from "@tta-dev/primitives";
import { median } from "./robust.ts";

/** What is watched. */
export type AnomalySignal = "latency" | "error_rate" | "throughput" | "cost" | "tokens";
export const anomalySignals: readonly AnomalySignal[] = [
  "latency",
  "error_rate",
  "throughput",
  "cost",
  "tokens",
];

/** What happened to one series in one stretch of time. */
export interface Bucket {
  readonly startMs: number;
  count: number;
  errors: number;
  costNanoUsd: number;
  tokens: number;
  /** Seconds; of a busy bucket a sample that favours none. */
  readonly durations: number[];
  /** The buckets just before, the latest first: failures are few, and five minutes of them say more than one. */
  readonly before: readonly Pick<Bucket, "count" | "errors">[];
}

/** The value of a signal, and how many events stand behind a value. */
export interface SignalValue {
  readonly value: number;
  readonly evidence: (expected: number) => number;
}

/** Enough for a median within a few per cent. */
const MAX_DURATIONS = 400;
/** A whole error in a million would have no logarithm; half a one stands for none. */
const HALF = 0.5;

/** Buckets over which failures are counted, the present one included. */
const ERROR_BUCKETS = 5;

/** Makes an empty bucket that follows another. */
export function createBucket(startMs: number, previous?: Bucket): Bucket {
  const before =
    previous === undefined
      ? []
      : [{ count: previous.count, errors: previous.errors }, ...previous.before];
  return {
    startMs,
    count: 0,
    errors: 0,
    costNanoUsd: 0,
    tokens: 0,
    durations: [],
    before: before.slice(0, ERROR_BUCKETS - 1),
  };
}

/** Counts a run. Of time, what a person took is left out. A run that its caller gave up is no failure. */
export function addRun(bucket: Bucket, run: EndedRun, random: () => number): void {
  bucket.count += 1;
  if (run.status !== "success" && run.status !== "cancelled") bucket.errors += 1;
  bucket.costNanoUsd += run.costNanoUsd;
  bucket.tokens += run.tokens;
  const seconds = run.durationSeconds - run.pausedSeconds;
  if (bucket.durations.length < MAX_DURATIONS) {
    bucket.durations.push(seconds);
    return;
  }
  // Vitter's algorithm R: every run of the bucket is as likely to be kept.
  const place = Math.floor(random() * bucket.count);
  if (place < MAX_DURATIONS) bucket.durations[place] = seconds;
}

/** Reads a signal; undefined where the bucket says nothing of it. */
export function valueOf(
  bucket: Bucket,
  signal: AnomalySignal,
  minEvents: number,
): SignalValue | undefined {
  const { count } = bucket;
  const perEvent = (value: number): SignalValue | undefined =>
    count < minEvents || value <= 0 ? undefined : { value, evidence: () => count };
  switch (signal) {
    case "latency":
      return perEvent(median(bucket.durations));
    case "cost":
      return perEvent(bucket.costNanoUsd / 1e9);
    case "tokens":
      return perEvent(bucket.tokens);
    case "error_rate":
      return errorRate([bucket, ...bucket.before], minEvents);
    case "throughput":
      return { value: count + HALF, evidence: (expected) => expected };
  }
}

function errorRate(
  buckets: readonly Pick<Bucket, "count" | "errors">[],
  minEvents: number,
): SignalValue | undefined {
  const count = buckets.reduce((sum, one) => sum + one.count, 0);
  const errors = buckets.reduce((sum, one) => sum + one.errors, 0);
  if (count < minEvents) return undefined;
  return {
    value: (errors + HALF) / (count + 1),
    evidence: (expected) => expected * count + HALF,
  };
}
