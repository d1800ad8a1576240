import type { Attributes, HrTime } from "@opentelemetry/api";
import { ValueType } from "@opentelemetry/api";
import { millisToHrTime } from "@opentelemetry/core";
import type {
  AggregationTemporality,
  DataPoint,
  ExponentialHistogram,
  Histogram,
  MetricData,
} from "@opentelemetry/sdk-metrics";
import { AggregationTemporality as Temporality, DataPointType } from "@opentelemetry/sdk-metrics";
import type { HistogramMetricSnapshot, HistogramSeries, MetricSnapshot } from "@tta-dev/primitives";

/** Which of a histogram's two forms is sent: exact counts per bound, or the sketch. */
export type HistogramAggregation =
  | "explicit_bucket_histogram"
  | "base2_exponential_bucket_histogram";

/** What the numbers are about. */
export interface Period {
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** Of counters and histograms. */
  readonly temporality: AggregationTemporality;
  readonly histograms: HistogramAggregation;
}

/**
 * Writes a metric as the OpenTelemetry SDK has it.
 *
 * Labels have their attribute names, a label without a value is left out. Every number is a double; money becomes USD
 * here, rounded to the nearest one (exact to the nano-dollar below 4 million USD).
 */
export function toMetricData(metric: MetricSnapshot, period: Period): MetricData {
  const { name, help, unit, kind } = metric;
  const descriptor = { name, description: help, unit, valueType: ValueType.DOUBLE };
  if (metric.kind === "histogram") {
    const { temporality: aggregationTemporality } = period;
    return period.histograms === "explicit_bucket_histogram"
      ? {
          descriptor,
          aggregationTemporality,
          dataPointType: DataPointType.HISTOGRAM,
          dataPoints: pointsOf(metric, period, (series) => explicitValue(series, metric)),
        }
      : {
          descriptor,
          aggregationTemporality,
          dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
          dataPoints: pointsOf(metric, period, exponentialValue),
        };
  }
  const dataPoints = pointsOf(metric, period, ({ value }) => value);
  if (kind === "gauge") {
    const aggregationTemporality = Temporality.CUMULATIVE;
    return { descriptor, aggregationTemporality, dataPointType: DataPointType.GAUGE, dataPoints };
  }
  return {
    descriptor,
    aggregationTemporality: kind === "counter" ? period.temporality : Temporality.CUMULATIVE,
    dataPointType: DataPointType.SUM,
    dataPoints,
    isMonotonic: kind === "counter",
  };
}

interface Labelled<S> {
  readonly labels: MetricSnapshot["labels"];
  readonly series: readonly S[];
}

function pointsOf<S extends { readonly labelValues: readonly string[] }, V>(
  { labels, series }: Labelled<S>,
  { startMs, endMs }: Period,
  valueOf: (series: S) => V,
): DataPoint<V>[] {
  const startTime: HrTime = millisToHrTime(startMs);
  const endTime: HrTime = millisToHrTime(endMs);
  return series.map((one) => {
    const attributes: Attributes = {};
    labels.forEach(({ attribute }, position) => {
      const value = one.labelValues[position];
      if (value !== undefined && value !== "") attributes[attribute] = value;
    });
    return { startTime, endTime, attributes, value: valueOf(one) };
  });
}

function explicitValue(series: HistogramSeries, { bounds }: HistogramMetricSnapshot): Histogram {
  return {
    ...summaryOf(series),
    buckets: { boundaries: [...bounds], counts: [...series.bucketCounts] },
  };
}

/** The sketch counts as OTLP does: bucket i holds what lies in (base^i, base^(i+1)], base = 2^(2^-scale). */
function exponentialValue(series: HistogramSeries): ExponentialHistogram {
  const { scale, offset, counts } = series.sketch;
  return {
    ...summaryOf(series),
    scale,
    zeroCount: series.zeroCount,
    positive: { offset, bucketCounts: [...counts] },
    negative: { offset: 0, bucketCounts: [] },
  };
}

function summaryOf({ count, sum, min, max }: HistogramSeries): {
  count: number;
  sum: number;
  min?: number;
  max?: number;
} {
  return {
    count,
    sum,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}
