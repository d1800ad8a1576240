import type { MetricDescriptor } from "../catalog/descriptor.ts";
import { metricDescriptor, metricDescriptors } from "../catalog/descriptor.ts";
import type { MetricName } from "../catalog/metrics.ts";
import { dropReasons } from "../catalog/values.ts";
import type { CardinalityLimits } from "./cardinality.ts";
import { BoundCounter } from "./counter.ts";
import type { Drop } from "./drop.ts";
import { createBucketTable } from "./explicit-buckets.ts";
import { BoundGauge } from "./gauge.ts";
import { BoundHistogram } from "./histogram.ts";
import { labelReader } from "./label-reader.ts";
import { BoundMoneyCounter } from "./money-counter.ts";
import type { ObservedGauge, RawObservation } from "./observed-gauge.ts";
import { createObservedGauge } from "./observed-gauge.ts";
import type { Row, SeriesTable } from "./series-table.ts";
import { createSeriesTable } from "./series-table.ts";
import type { MetricSnapshot } from "./snapshot.ts";
import { counterSeries, histogramSeries, moneySeries, numberSeries } from "./snapshot.ts";
import { BoundUpDown } from "./up-down-counter.ts";

/** The series of the metrics in use, by kind. */
export interface MetricStore {
  counter(metric: MetricDescriptor): SeriesTable<BoundCounter>;
  money(metric: MetricDescriptor): SeriesTable<BoundMoneyCounter>;
  upDown(metric: MetricDescriptor): SeriesTable<BoundUpDown>;
  gauge(metric: MetricDescriptor): SeriesTable<BoundGauge>;
  histogram(metric: MetricDescriptor): SeriesTable<BoundHistogram>;
  observe(metric: MetricDescriptor, read: () => Iterable<RawObservation>): () => void;
  /** Copies every metric that has series, in the order of the catalogue. @param nowMs This moment, epoch milliseconds. */
  read(nowMs: number): MetricSnapshot[];
}

/** How the series of one kind of metric are made and copied. */
interface SeriesKind<S> {
  readonly create: (metric: MetricDescriptor) => () => S;
  readonly copy: (
    metric: MetricDescriptor,
    rows: readonly Row<S>[],
    nowMs: number,
  ) => MetricSnapshot;
  /** For a kind that does not fold: what stands for a series past the limit. */
  readonly refuse?: () => S;
}

/** Creates a store. It counts in its own `telemetry.*` metrics what it folds and drops. */
export function createMetricStore(limits: CardinalityLimits): MetricStore {
  const copies = new Map<string, (nowMs: number) => MetricSnapshot>();
  const observed = new Map<string, ObservedGauge>();
  const drop: Drop = (reason) => dropped.bind({ reason }).add();

  const counter = tablesOf({
    create: () => () => new BoundCounter(drop),
    copy: (metric, rows, nowMs) => ({
      ...metric,
      kind: "counter",
      series: rows.map((row) => counterSeries(row, nowMs)),
    }),
  });
  const money = tablesOf({
    create: () => () => new BoundMoneyCounter(drop),
    copy: (metric, rows) => ({ ...metric, kind: "counter", series: rows.map(moneySeries) }),
  });
  const upDown = tablesOf({
    create: () => () => new BoundUpDown(drop),
    copy: (metric, rows) => ({ ...metric, kind: "upDown", series: rows.map(numberSeries) }),
  });
  const inertGauge = new BoundGauge(drop); // stands in no table, so what is set on it is seen by nobody
  const gauge = tablesOf({
    create: () => () => new BoundGauge(drop),
    copy(metric, rows) {
      const series = rows.map(numberSeries);
      const all = observed.get(metric.name)?.collect(series) ?? series;
      return { ...metric, kind: "gauge", series: all };
    },
    refuse() {
      drop("series_limit");
      return inertGauge;
    },
  });
  const histogram = tablesOf({
    create(metric) {
      const table = createBucketTable(metric.bounds);
      return () => new BoundHistogram(table, drop);
    },
    copy: (metric, rows, nowMs) => ({
      ...metric,
      kind: "histogram",
      series: rows.map((row) => histogramSeries(row, nowMs)),
    }),
  });

  const overflow = counter(metricDescriptor("telemetry.cardinality.overflow"));
  const dropped = counter(metricDescriptor("telemetry.dropped"));
  for (const reason of dropReasons) dropped.bind({ reason });

  /** Returns a function that finds or makes the table of a metric. */
  function tablesOf<S>(kind: SeriesKind<S>): (metric: MetricDescriptor) => SeriesTable<S> {
    const tables = new Map<string, SeriesTable<S>>();
    return (metric) => tables.get(metric.name) ?? open(metric);

    function open(metric: MetricDescriptor): SeriesTable<S> {
      const table = createSeriesTable({
        metric,
        ...limits,
        create: kind.create(metric),
        onFold: (label) => overflow.bind({ metric: metric.name, label }).add(),
        ...(kind.refuse && { refuse: kind.refuse }),
      });
      tables.set(metric.name, table);
      copies.set(metric.name, (nowMs) => kind.copy(metric, table.rows, nowMs));
      // So that PromQL's increase() sees the first fold, the series has to exist before it.
      if (kind.refuse === undefined) {
        for (const { name, open: folds } of metric.labels) {
          if (folds) overflow.bind({ metric: metric.name, label: name });
        }
      }
      return table;
    }
  }

  return {
    counter,
    money,
    upDown,
    gauge,
    histogram,
    observe(metric, read) {
      gauge(metric);
      let callbacks = observed.get(metric.name);
      if (callbacks === undefined) {
        callbacks = createObservedGauge({ ...limits, readLabels: labelReader(metric), drop });
        observed.set(metric.name, callbacks);
      }
      return callbacks.observe(read);
    },
    read(nowMs) {
      const names = [...metricDescriptors.keys()].filter((name) => name !== SERIES);
      const metrics = names.flatMap((name) => copies.get(name)?.(nowMs) ?? []);
      const inUse = metrics.filter((metric) => metric.series.length > 0);
      return [...inUse, seriesMetric(inUse)];
    },
  };
}

const SERIES = "telemetry.series" satisfies MetricName;

/** Counts series, as the last metric of the catalogue. It does not count itself. */
function seriesMetric(metrics: readonly MetricSnapshot[]): MetricSnapshot {
  const series = metrics.map((metric) => ({
    labelValues: [metric.name],
    value: metric.series.length,
  }));
  return { ...metricDescriptor(SERIES), kind: "gauge", series };
}
