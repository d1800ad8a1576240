import type {
  HistogramMetricSnapshot,
  HistogramSeries,
  NumberSeries,
  Snapshot,
} from "@tta-dev/primitives";
import type { LabelName, MetricName } from "@tta-dev/primitives/catalog";

/** One series of a metric with a way to its labels. */
export interface Labelled<S> {
  readonly series: S;
  /** The value of a label; `""` where the series lacks it. */
  readonly label: (name: LabelName) => string;
}

/** Reads the series of a counter or a gauge; none where nothing was recorded. */
export function numbersOf(snapshot: Snapshot, name: MetricName): readonly Labelled<NumberSeries>[] {
  const metric = snapshot.metrics.find((one) => one.name === name);
  if (metric === undefined || metric.kind === "histogram") return [];
  return metric.series.map((series) => labelled(metric, series));
}

/** Reads the series of a histogram; none where nothing was recorded. */
export function histogramsOf(
  snapshot: Snapshot,
  name: MetricName,
): readonly Labelled<HistogramSeries>[] {
  const metric = snapshot.metrics.find(
    (one): one is HistogramMetricSnapshot => one.name === name && one.kind === "histogram",
  );
  return metric?.series.map((series) => labelled(metric, series)) ?? [];
}

function labelled<S extends { readonly labelValues: readonly string[] }>(
  { labels }: { readonly labels: readonly { readonly name: LabelName }[] },
  series: S,
): Labelled<S> {
  return {
    series,
    label: (wanted) => series.labelValues[labels.findIndex(({ name }) => name === wanted)] ?? "",
  };
}
