import type {
  HistogramData,
  HistogramMetricSnapshot,
  HistogramSeries,
  Snapshot,
} from "@tta-dev/primitives";
import { mergeHistograms, quantileOf } from "@tta-dev/primitives";
import type { HistogramName, LabelName, MetricUnit } from "@tta-dev/primitives/catalog";
import { metricDescriptor } from "@tta-dev/primitives/catalog";
import { viewLabels } from "./label-match.ts";
import type { PercentilesOptions, StandardPercentile } from "./percentiles-options.ts";
import { percentilesQuery } from "./percentiles-options.ts";

/** Count, extremes and percentiles of what was recorded: all undefined but the count where nothing was. */
export type Distribution<P extends number = StandardPercentile> = {
  readonly count: number;
  readonly mean: number | undefined;
  /** Exact. */
  readonly min: number | undefined;
  /** Exact. */
  readonly max: number | undefined;
} & {
  /** The smallest recorded value that so many per cent of all do not exceed; off by at most `relativeError`. */
  readonly [K in P as `p${K}`]: number | undefined;
};

/** What `percentiles()` returns. */
export interface PercentilesReport<P extends number = StandardPercentile> {
  readonly metric: HistogramName;
  /** `"s"` for durations. */
  readonly unit: MetricUnit;
  /**
   * How far a percentile may be from the true one, by the true one: 0.0108 for whatever was recorded here. It holds
   * from a billionth of the unit to a billion; beyond that a percentile is between the smallest and largest value.
   */
  readonly relativeError: number;
  readonly by: LabelName;
  /** All series that match, together. */
  readonly all: Distribution<P>;
  /** One for each value of `by`, in the order of the names. */
  readonly groups: readonly (Distribution<P> & { readonly name: string })[];
}

/**
 * Works percentiles out of a snapshot: of the process, or of several processes together (see `mergeSnapshots`).
 *
 * They are nearest-rank percentiles of everything that was recorded since the process began, from exponential sketches
 * that are added up over the series. Failed executions count too; `where: { status: "success" }` leaves them out.
 *
 * @throws TypeError or RangeError for a wrong option: it names the option, the value and what was expected
 * @example
 * ```ts
 * import { percentilesOf } from "@tta-dev/observability";
 * import { slot } from "@tta-dev/primitives";
 *
 * const { groups, all } = percentilesOf(slot().registry.snapshot(), { of: "workflow" });
 * for (const { name, count, p95 } of [...groups, { name: "all", ...all }])
 *   process.stdout.write(`${name}: ${count} runs, p95 ${p95 ?? "unknown"} s\n`);
 * ```
 */
export function percentilesOf<const P extends number = StandardPercentile>(
  snapshot: Snapshot,
  options: PercentilesOptions<P> = {},
): PercentilesReport<P> {
  const { metric, by, where, at } = percentilesQuery(options);
  const { labels, unit } = metricDescriptor(metric);
  const view = viewLabels(labels);
  const groups = new Map<string, HistogramSeries[]>();
  for (const series of seriesIn(snapshot, metric).filter(view.matches(where))) {
    const name = view.read(series, by);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [series]);
    else group.push(series);
  }
  const merged = [...groups]
    .map(([name, series]) => ({ name, data: mergeHistograms(series) }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const all = mergeHistograms(merged.map(({ data }) => data));
  return {
    metric,
    unit,
    relativeError: relativeErrorAt(all.sketch.scale),
    by,
    all: distributionOf<P>(all, at),
    groups: merged.map(({ name, data }) => ({ name, ...distributionOf<P>(data, at) })),
  };
}

function seriesIn(snapshot: Snapshot, name: HistogramName): readonly HistogramSeries[] {
  const metric = snapshot.metrics.find((one) => one.name === name);
  return (metric as HistogramMetricSnapshot | undefined)?.series ?? [];
}

function distributionOf<P extends number>(
  data: HistogramData,
  at: readonly number[],
): Distribution<P> {
  const { count, sum, min, max } = data;
  const percentiles = at.map((percent) => [`p${percent}`, quantileOf(data, percent / 100)]);
  const fixed = { count, mean: count === 0 ? undefined : sum / count, min, max };
  // The keys are those that the type derives from the same numbers.
  return { ...fixed, ...Object.fromEntries(percentiles) } as Distribution<P>;
}

/** Half the width of a bucket of the sketch, by its middle. */
function relativeErrorAt(scale: number): number {
  const base = 2 ** (1 / 2 ** scale);
  return (base - 1) / (base + 1);
}
