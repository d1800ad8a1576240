import type { NumberSeries } from "@tta-dev/primitives";

/** What a metric's exemplar says, as snapshots have it. */
export type Exemplar = NonNullable<NumberSeries["exemplar"]>;

/** A metric with all its series, ready to be written in either format. Names and labels are valid and escaped. */
export type Family = NumberFamily | HistogramFamily | SampleFamily;

interface FamilyHead {
  /** As OpenMetrics has it: a counter's name is without `_total`, that of `target_info` is `target`. */
  readonly name: string;
  readonly help: string;
  /** Last word of the name, where it is a unit. */
  readonly unit?: string;
}

export interface NumberFamily extends FamilyHead {
  readonly type: "counter" | "gauge" | "info";
  readonly points: readonly NumberPoint[];
}

export interface NumberPoint {
  /** `a="b",c="d"`, or nothing. */
  readonly labels: string;
  readonly value: number;
  /** The exact value of money. */
  readonly nanoUsd?: bigint | undefined;
  readonly exemplar?: Exemplar | undefined;
}

export interface HistogramFamily extends FamilyHead {
  readonly type: "histogram";
  /** Upper bounds of the buckets of every point, inclusive, without the last one. */
  readonly bounds: readonly number[];
  readonly points: readonly HistogramPoint[];
}

export interface HistogramPoint {
  readonly labels: string;
  /** Each bucket alone; one more than there are bounds. */
  readonly bucketCounts: readonly number[];
  readonly count: number;
  /** Undefined where it means nothing, because values below 0 were recorded. */
  readonly sum: number | undefined;
  readonly exemplars?: readonly (Exemplar | undefined)[] | undefined;
}

/** A metric that came as samples: what the application appends. */
export interface SampleFamily extends FamilyHead {
  readonly type: "samples";
  /** What the samples are. */
  readonly of: "counter" | "gauge" | "histogram" | "summary" | "unknown";
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Whole name, for example `lag_seconds_bucket`. */
  readonly name: string;
  /** `a="b",c="d"`, or nothing. */
  readonly labels: string;
  readonly value: number;
  /** Epoch milliseconds. */
  readonly atMs?: number;
}
