import type { MetricDescriptor } from "../catalog/descriptor.ts";
import type { LabelName } from "../catalog/labels.ts";
import type { CardinalityLimits } from "./cardinality.ts";
import { createCardinality } from "./cardinality.ts";
import type { Labels } from "./label-reader.ts";
import { labelReader } from "./label-reader.ts";

/** One series with the values of its labels, in the catalogue's order. */
export interface Row<S> {
  readonly labelValues: readonly string[];
  readonly series: S;
}

/** The series of one metric. */
export interface SeriesTable<S> {
  readonly rows: readonly Row<S>[];
  /**
   * Returns the series for the labels, making it if there is none yet. Equal labels always give the same series.
   *
   * @throws {TypeError} for a label that the metric does not have.
   */
  readonly bind: (labels: Labels) => S;
}

export interface SeriesTableOptions<S> extends CardinalityLimits {
  readonly metric: MetricDescriptor;
  readonly create: () => S;
  /** Told for each label value that was folded. */
  readonly onFold: (label: LabelName) => void;
  /** Gives what `bind` returns past the limit, for a metric that does not fold. */
  readonly refuse?: () => S;
}

/**
 * Creates a table that folds label values into `__other__` (or, with `refuse`, turns new series away) so that junk
 * cannot fill the memory. Only rows that exist are remembered, never the labels that led to a folded one.
 */
export function createSeriesTable<S>(options: SeriesTableOptions<S>): SeriesTable<S> {
  const { metric, create, onFold, refuse, seriesLimit } = options;
  const read = labelReader(metric);
  const cardinality = createCardinality(metric.labels, options);
  const rows: Row<S>[] = [];
  const root: Branch<S> = {};

  function add(values: readonly string[]): S {
    const series = create();
    rows.push(Object.freeze({ labelValues: Object.freeze(values), series }));
    insert(root, values, series);
    return series;
  }

  function bindFolded(values: readonly string[]): S {
    const kept = values.slice();
    cardinality.foldValues(kept);
    let series = find(root, kept);
    while (series === undefined && !cardinality.hasRoom(rows.length, kept)) {
      cardinality.foldOne(kept);
      series = find(root, kept);
    }
    metric.labels.forEach((label, position) => {
      if (values[position] !== "" && values[position] !== kept[position]) onFold(label.name);
    });
    return series ?? add(kept);
  }

  return {
    rows,
    bind(labels) {
      const values = read(labels);
      const series = find(root, values);
      if (series !== undefined) return series;
      if (refuse === undefined) return bindFolded(values);
      return rows.length < seriesLimit ? add(values) : refuse();
    },
  };
}

/** Rows by label values, a level for each label: quicker than one joined key, and no value can imitate two. */
interface Branch<S> {
  series?: S;
  next?: Map<string, Branch<S>>;
}

function find<S>(root: Branch<S>, values: readonly string[]): S | undefined {
  let branch: Branch<S> | undefined = root;
  for (const value of values) {
    branch = branch.next?.get(value);
    if (branch === undefined) return undefined;
  }
  return branch.series;
}

function insert<S>(root: Branch<S>, values: readonly string[], series: S): void {
  let branch = root;
  for (const value of values) {
    branch.next ??= new Map();
    let next = branch.next.get(value);
    if (next === undefined) branch.next.set(value, (next = {}));
    branch = next;
  }
  branch.series = series;
}
