/** What `encodeSnapshot` makes: a snapshot of plain JSON. */
export interface EncodedSnapshot {
  /** Names the format and its version. */
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly startMs: number;
  readonly atMs: number;
  readonly metrics: readonly EncodedMetric[];
}

/** One metric. What the catalogue says of it is not repeated, but for what the numbers hang on. */
export interface EncodedMetric {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly bounds: readonly number[];
  readonly series: readonly (EncodedNumber | EncodedHistogram)[];
}

export interface EncodedNumber {
  readonly labelValues: readonly string[];
  readonly value: number;
  /** Digits: JSON has no integers as large as money needs. */
  readonly nanoUsd?: string;
  readonly exemplar?: EncodedExemplar;
}

export interface EncodedHistogram {
  readonly labelValues: readonly string[];
  readonly count: number;
  readonly sum: number;
  readonly min?: number;
  readonly max?: number;
  readonly zeroCount: number;
  readonly bucketCounts: readonly number[];
  readonly sketch: {
    readonly scale: number;
    readonly offset: number;
    readonly counts: readonly number[];
  };
  /** One for each bucket; null where it has none. */
  readonly exemplars?: readonly (EncodedExemplar | null)[];
}

export interface EncodedExemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly value: number;
  readonly atMs: number;
}

export const SNAPSHOT_FORMAT = "tta.dev/snapshot/1";
