import type { HistogramData, Snapshot } from "@tta-dev/primitives";

/** One series of a metric, with its labels by name. */
export interface Series<V> {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: V;
}

/** Reads the series of a counter or a gauge; none where nothing was recorded. */
export function numberSeries(snapshot: Snapshot, name: string): readonly Series<number>[] {
  const metric = snapshot.metrics.find((one) => one.name === name);
  if (metric === undefined || metric.kind === "histogram") return [];
  return metric.series.map(({ labelValues, value }) => ({
    labels: labelsOf(metric, labelValues),
    value,
  }));
}

/** Reads the series of a histogram; none where nothing was recorded. */
export function histogramSeries(
  snapshot: Snapshot,
  name: string,
): readonly Series<HistogramData>[] {
  const metric = snapshot.metrics.find((one) => one.name === name);
  if (metric?.kind !== "histogram") return [];
  return metric.series.map((series) => ({
    labels: labelsOf(metric, series.labelValues),
    value: series,
  }));
}

/** Adds up the series whose labels are as asked for. */
export function total(
  series: readonly Series<number>[],
  wanted: Readonly<Record<string, string>> = {},
): number {
  return series
    .filter(({ labels }) => Object.entries(wanted).every(([name, value]) => labels[name] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

/** The distinct values of a label, in the order they came up. */
export function valuesOf(series: readonly Series<unknown>[], label: string): readonly string[] {
  return [...new Set(series.map(({ labels }) => labels[label] ?? ""))];
}

function labelsOf(
  { labels }: { readonly labels: readonly { readonly name: string }[] },
  values: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map(({ name }, index) => [name, values[index] ?? ""]));
}
