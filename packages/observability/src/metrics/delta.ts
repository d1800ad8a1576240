import type {
  HistogramSeries,
  MetricSnapshot,
  NumberSeries,
  Registry,
  Snapshot,
} from "@tta-dev/primitives";

/** What was added in a span of time. */
export interface Delta {
  /** Epoch milliseconds: the end of the delta before, or when counting began. */
  readonly startMs: number;
  readonly endMs: number;
  /** Counters and histograms hold what was added, and only series that are new or to which something was; the rest is as it is. */
  readonly metrics: readonly MetricSnapshot[];
}

type Sketch = HistogramSeries["sketch"];
type Series = NumberSeries | HistogramSeries;
/** What a metric held the last time, by label values. */
type Past = ReadonlyMap<string, Series>;

/** The least that a span of time lasts: OTLP takes no two deltas that end at the same moment. */
const SHORTEST_MS = 0.001;

/**
 * Creates a function that tells what was added to a registry since it was called last.
 *
 * Added up, all deltas of a series are its total: exactly for whole numbers and for money (its difference is taken in
 * nano-dollars), else to a rounding error each. A registry that was replaced, or a number that has fallen, begins anew.
 */
export function createDelta(): (registry: Registry) => Delta {
  let known: Registry | undefined;
  let past = new Map<string, Past>();
  let lastMs = 0;

  return (registry) => {
    const { startMs, atMs, metrics } = registry.snapshot();
    if (registry !== known) past = new Map();
    const begin = registry === known ? lastMs : Math.max(startMs, lastMs);
    const added = metrics.flatMap((metric) => addedTo(metric, past.get(metric.name)));
    past = pastOf(metrics);
    known = registry;
    lastMs = Math.max(atMs, begin + SHORTEST_MS);
    return { startMs: begin, endMs: lastMs, metrics: added };
  };
}

function pastOf(metrics: Snapshot["metrics"]): Map<string, Past> {
  return new Map(
    metrics
      .filter(({ kind }) => kind === "counter" || kind === "histogram")
      .map(({ name, series }) => [name, new Map(series.map((one: Series) => [keyOf(one), one]))]),
  );
}

function keyOf({ labelValues }: Series): string {
  return JSON.stringify(labelValues);
}

function addedTo(metric: MetricSnapshot, past: Past = new Map()): readonly MetricSnapshot[] {
  // Series of one name are of one kind, today as before.
  if (metric.kind === "histogram") {
    const series = metric.series.flatMap((one) =>
      addedHistogram(one, past.get(keyOf(one)) as HistogramSeries | undefined),
    );
    return series.length > 0 ? [{ ...metric, series }] : [];
  }
  if (metric.kind !== "counter") return [metric];
  const series = metric.series.flatMap((one) =>
    addedNumber(one, past.get(keyOf(one)) as NumberSeries | undefined),
  );
  return series.length > 0 ? [{ ...metric, series }] : [];
}

function addedNumber(now: NumberSeries, past: NumberSeries | undefined): readonly NumberSeries[] {
  if (past === undefined || now.value < past.value) return [now];
  if (now.nanoUsd === undefined || past.nanoUsd === undefined) {
    return now.value === past.value ? [] : [{ ...now, value: now.value - past.value }];
  }
  const nanoUsd = now.nanoUsd - past.nanoUsd;
  return nanoUsd === 0n ? [] : [{ ...now, nanoUsd, value: Number(nanoUsd) / 1e9 }];
}

/** The smallest and the largest value of a part are not known, unless the part is all. */
function addedHistogram(
  now: HistogramSeries,
  past: HistogramSeries | undefined,
): readonly HistogramSeries[] {
  if (now.count === past?.count) return [];
  if (past === undefined || past.count === 0) return [now];
  return [
    {
      ...now,
      count: now.count - past.count,
      sum: now.sum - past.sum,
      min: undefined,
      max: undefined,
      zeroCount: now.zeroCount - past.zeroCount,
      bucketCounts: now.bucketCounts.map(
        (count, bucket) => count - (past.bucketCounts[bucket] ?? 0),
      ),
      sketch: addedSketch(now.sketch, past.sketch),
    },
  ];
}

function addedSketch(now: Sketch, past: Sketch): Sketch {
  const shift = now.offset - past.offset;
  const counts = now.counts.map((count, slot) => count - (past.counts[slot + shift] ?? 0));
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) return { ...now, counts: [] };
  const end = counts.findLastIndex((count) => count > 0) + 1;
  return { ...now, offset: now.offset + first, counts: counts.slice(first, end) };
}
