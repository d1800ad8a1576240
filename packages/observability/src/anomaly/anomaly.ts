import type { AnomalySignal } from "./bucket.ts";

/** Something unusual, when it begins and when it is over. */
export interface Anomaly {
  readonly signal: AnomalySignal;
  /** The workflow. */
  readonly series: string;
  readonly change: "started" | "ended";
  readonly direction: "above" | "below";
  /** Distance from the usual, in units of the usual scatter; negative below. */
  readonly score: number;
  /** Seconds, a ratio, runs, USD or tokens per bucket. */
  readonly value: number;
  readonly expected: number;
  /** Start of the bucket that settled it, epoch milliseconds. */
  readonly atMs: number;
}

/** How anomalies are looked for. */
export interface AnomalyOptions {
  /** @default all of them */
  readonly signals?: readonly AnomalySignal[];
  /**
   * Distance from the usual, in units of the usual scatter, from which a bucket is unusual.
   *
   * @default 4
   */
  readonly threshold?: number;
  /**
   * Length of a bucket in milliseconds, 1000 to a day.
   *
   * @default 60000
   */
  readonly bucketMs?: number;
  /**
   * So many of the latest buckets, 1000 at most, must be unusual.
   *
   * @default { unusual: 2, window: 3 }
   */
  readonly persistence?: { readonly unusual: number; readonly window: number };
  /**
   * Runs that a bucket must have to say something.
   *
   * @default 10
   */
  readonly minEvents?: number;
  /**
   * Length of a season in milliseconds, a year at most: what recurs.
   *
   * @default 86400000, a day
   */
  readonly seasonMs?: number;
  /**
   * Seasons that are remembered, 100 at most.
   *
   * @default 7
   */
  readonly seasons?: number;
  /**
   * Most workflows that are watched one by one, up to 10000; the others are watched together.
   *
   * @default 100
   */
  readonly maxSeries?: number;
  /** Is told of each anomaly. If it throws, that disturbs nobody. */
  readonly onAnomaly?: (anomaly: Anomaly) => void;
}
