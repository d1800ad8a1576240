import type {
  HistogramMetricSnapshot,
  HistogramSeries,
  MetricSnapshot,
  NumberMetricSnapshot,
  NumberSeries,
} from "@tta-dev/primitives";
import type { Exemplar, Family } from "./family.ts";
import { lastNumbers, sumHistograms, sumNumbers } from "./merge-points.ts";
import { escapeLabelValue } from "./text.ts";

/** Decides which exemplars of a series are shown. */
export interface ExemplarChoice {
  ofNumber(series: NumberSeries): Exemplar | undefined;
  /** By bucket. */
  ofHistogram(series: HistogramSeries): readonly (Exemplar | undefined)[] | undefined;
}

/** Makes the family of a metric of the registry. */
export function registryFamily(metric: MetricSnapshot, choice: ExemplarChoice): Family {
  return metric.kind === "histogram"
    ? histogramFamily(metric, choice)
    : numberFamily(metric, choice);
}

function numberFamily(metric: NumberMetricSnapshot, choice: ExemplarChoice): Family {
  const { kind, help, series } = metric;
  const points = series.map((one) => ({
    labels: labelsOf(metric, one.labelValues),
    value: one.value,
    nanoUsd: one.nanoUsd,
    exemplar: choice.ofNumber(one),
  }));
  return {
    ...nameAndUnit(metric),
    help,
    type: kind === "counter" ? "counter" : "gauge",
    points: kind === "gauge" ? lastNumbers(points) : sumNumbers(points),
  };
}

function histogramFamily(metric: HistogramMetricSnapshot, choice: ExemplarChoice): Family {
  const { help, bounds, series } = metric;
  const points = series.map((one) => ({
    labels: labelsOf(metric, one.labelValues),
    bucketCounts: one.bucketCounts,
    count: one.count,
    sum: one.sum,
    exemplars: choice.ofHistogram(one),
  }));
  return {
    ...nameAndUnit(metric),
    help,
    type: "histogram",
    bounds,
    points: sumHistograms(points),
  };
}

/** Units that the names of the catalogue end in. */
const UNIT = /_(seconds|ratio|usd)$/;

function nameAndUnit({ kind, prometheusName }: MetricSnapshot): { name: string; unit?: string } {
  const name = kind === "counter" ? prometheusName.replace(/_total$/, "") : prometheusName;
  const unit = UNIT.exec(name)?.[1];
  return unit === undefined ? { name } : { name, unit };
}

function labelsOf({ labels }: MetricSnapshot, values: readonly string[]): string {
  let text = "";
  for (let index = 0; index < labels.length; index++) {
    const value = values[index];
    if (value === undefined || value === "") continue;
    text += `${text === "" ? "" : ","}${labels[index]!.name}="${escapeLabelValue(value)}"`;
  }
  return text;
}
