import type { HistogramSeries, NumberSeries } from "@tta-dev/primitives";

/** The way from a number to a trace, as snapshots have it. */
export type Exemplar = NonNullable<NumberSeries["exemplar"]>;

/** Returns the later one of two; of two at one moment always the same, whatever their order. */
export function latestExemplar(
  one: Exemplar | undefined,
  other: Exemplar | undefined,
): Exemplar | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.atMs !== other.atMs) return one.atMs > other.atMs ? one : other;
  return `${one.traceId}${one.spanId}` > `${other.traceId}${other.spanId}` ? one : other;
}

/** Returns the latest of each bucket; undefined where no series has any. */
export function latestExemplars(
  rows: readonly HistogramSeries[],
): readonly (Exemplar | undefined)[] | undefined {
  const all = rows.flatMap(({ exemplars }) => (exemplars === undefined ? [] : [exemplars]));
  return all[0]?.map((_, bucket) =>
    all.map((exemplars) => exemplars[bucket]).reduce(latestExemplar, undefined),
  );
}
