import type { MetricDescriptor } from "../catalog/descriptor.ts";
import type { BoundCounter } from "./counter.ts";
import type { Exemplar } from "./exemplar.ts";
import type { BoundHistogram } from "./histogram.ts";
import type { HistogramData } from "./histogram-data.ts";
import type { BoundMoneyCounter } from "./money-counter.ts";
import type { Row } from "./series-table.ts";

/** What a registry held at one moment, as plain data: it never changes and can be sent to another thread. */
export interface Snapshot {
  /** When counting began, epoch milliseconds. */
  readonly startMs: number;
  /** When the snapshot was taken, epoch milliseconds. */
  readonly atMs: number;
  /** The metrics that have series, in the order of the catalogue. */
  readonly metrics: readonly MetricSnapshot[];
}

/** One metric in a snapshot; `kind` tells what its series look like. */
export type MetricSnapshot = NumberMetricSnapshot | HistogramMetricSnapshot;

export interface NumberMetricSnapshot extends MetricDescriptor {
  readonly kind: "counter" | "upDown" | "gauge";
  readonly series: readonly NumberSeries[];
}

export interface HistogramMetricSnapshot extends MetricDescriptor {
  readonly kind: "histogram";
  readonly series: readonly HistogramSeries[];
}

export interface NumberSeries {
  /** A value for each of the metric's labels, in their order; `""` where the series lacks the label. */
  readonly labelValues: readonly string[];
  readonly value: number;
  /** The exact value of a counter of money, in nano-dollars. */
  readonly nanoUsd?: bigint;
  /** What a counter counted last in a sampled span. */
  readonly exemplar?: Exemplar;
}

export interface HistogramSeries extends HistogramData {
  /** A value for each of the metric's labels, in their order; `""` where the series lacks the label. */
  readonly labelValues: readonly string[];
  /** For each bucket, in the order of `bucketCounts`, what it got last from a sampled span. */
  readonly exemplars?: readonly (Exemplar | undefined)[];
}

export function numberSeries({
  labelValues,
  series,
}: Row<{ readonly value: number }>): NumberSeries {
  return { labelValues, value: series.value };
}

export function counterSeries(row: Row<BoundCounter>, nowMs: number): NumberSeries {
  const exemplar = row.series.exemplar(nowMs);
  return exemplar === undefined ? numberSeries(row) : { ...numberSeries(row), exemplar };
}

export function moneySeries({ labelValues, series }: Row<BoundMoneyCounter>): NumberSeries {
  return { labelValues, value: series.value, nanoUsd: series.nanoUsd };
}

export function histogramSeries(
  { labelValues, series }: Row<BoundHistogram>,
  nowMs: number,
): HistogramSeries {
  const exemplars = series.exemplars(nowMs);
  return { labelValues, ...series.data(), ...(exemplars !== undefined && { exemplars }) };
}
