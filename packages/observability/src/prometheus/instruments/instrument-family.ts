import type { InstrumentationScope } from "@opentelemetry/core";
import type {
  DataPoint,
  ExponentialHistogramMetricData,
  Histogram,
  HistogramMetricData,
  MetricData,
} from "@opentelemetry/sdk-metrics";
import { AggregationTemporality, DataPointType } from "@opentelemetry/sdk-metrics";
import type { HistogramFamily, HistogramPoint, NumberFamily } from "../family.ts";
import { formatAttributes } from "../label-text.ts";
import { lastNumbers, sumHistograms, sumNumbers } from "../merge-points.ts";
import { classicBuckets } from "./exponential-buckets.ts";
import { instrumentName } from "./instrument-name.ts";

/** Turns attributes of a point into labels. */
type LabelsOf = (point: { readonly attributes: DataPoint<unknown>["attributes"] }) => string;

/**
 * Makes the family of an instrument, with its scope as labels `otel_scope_name`, `otel_scope_version` and
 * `otel_scope_schema_url`.
 *
 * A monotonic sum is a counter, any other a gauge. Exponential histograms become classic ones, see `classicBuckets`.
 *
 * @throws {TypeError} where it cannot be shown in Prometheus.
 */
export function instrumentFamily(
  metric: MetricData,
  scope: InstrumentationScope,
): NumberFamily | HistogramFamily {
  const { descriptor, dataPointType } = metric;
  const isSum = dataPointType === DataPointType.SUM || isHistogram(metric);
  if (isSum && metric.aggregationTemporality === AggregationTemporality.DELTA)
    throw new TypeError("it has the delta temporality, and Prometheus needs totals");
  const help = descriptor.description;
  const labelsOf: LabelsOf = ({ attributes }) =>
    formatAttributes(
      { ...attributes, ...scopeAttributes(scope) },
      isHistogram(metric) ? "le" : undefined,
    );

  if (isHistogram(metric)) {
    const { bounds, points } = histogramPoints(metric, labelsOf);
    const named = instrumentName(descriptor, "histogram", false);
    return { ...named, help, type: "histogram", bounds, points: sumHistograms(points) };
  }
  const isGauge = metric.dataPointType === DataPointType.GAUGE;
  const type =
    metric.dataPointType === DataPointType.SUM && metric.isMonotonic ? "counter" : "gauge";
  const points = metric.dataPoints.map((point) => ({
    labels: labelsOf(point),
    value: point.value,
  }));
  return {
    ...instrumentName(descriptor, type, isGauge),
    help,
    type,
    points: isGauge ? lastNumbers(points) : sumNumbers(points),
  };
}

function isHistogram(
  metric: MetricData,
): metric is HistogramMetricData | ExponentialHistogramMetricData {
  return (
    metric.dataPointType === DataPointType.HISTOGRAM ||
    metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM
  );
}

function scopeAttributes({ name, version, schemaUrl }: InstrumentationScope): object {
  return {
    "otel.scope.name": name,
    "otel.scope.version": version,
    "otel.scope.schema_url": schemaUrl,
  };
}

function histogramPoints(
  metric: HistogramMetricData | ExponentialHistogramMetricData,
  labelsOf: LabelsOf,
): { readonly bounds: readonly number[]; readonly points: readonly HistogramPoint[] } {
  if (metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) {
    const { bounds, counts } = classicBuckets(metric.dataPoints.map(({ value }) => value));
    const points = metric.dataPoints.map((point, index) => ({
      labels: labelsOf(point),
      bucketCounts: counts[index] ?? [],
      count: point.value.count,
      sum: point.value.sum,
    }));
    return { bounds, points };
  }
  const bounds = metric.dataPoints[0]?.value.buckets.boundaries.filter((bound) => bound < Infinity);
  const points = metric.dataPoints.map((point) => ({
    labels: labelsOf(point),
    bucketCounts: upTo(bounds?.length ?? 0, point.value),
    count: point.value.count,
    sum: point.value.sum,
  }));
  return { bounds: bounds ?? [], points };
}

/** The buckets below each finite bound, and all the rest as the last: a view may have given Infinity as a bound. */
function upTo(bounds: number, { buckets: { counts } }: Histogram): readonly number[] {
  const rest = counts.slice(bounds).reduce((sum, count) => sum + count, 0);
  return [...counts.slice(0, bounds), rest];
}
