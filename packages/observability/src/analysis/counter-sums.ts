import type { NumberMetricSnapshot, NumberSeries, Snapshot } from "@tta-dev/primitives";
import type { CounterName, LabelName, MoneyCounterName } from "@tta-dev/primitives/catalog";
import { metricDescriptor } from "@tta-dev/primitives/catalog";
import type { LabelMatch } from "./label-match.ts";
import { labelsIn, viewLabels } from "./label-match.ts";

/** Counters that answer one question together, and the labels by which they can. */
export interface CounterSource<N extends CounterName = CounterName> {
  readonly metrics: readonly N[];
  readonly labels: readonly LabelName[];
  /** Only these of their series. */
  readonly fixed?: LabelMatch;
}

/** Which series are asked for, and the label whose values are told apart; without one there is one sum, under `""`. */
export interface Breakdown {
  readonly where: LabelMatch;
  readonly by?: LabelName;
}

/** Says whether a source has all the labels that are asked for. */
export function canAnswer({ labels }: CounterSource, { where, by }: Breakdown): boolean {
  return [...labelsIn(where), ...(by === undefined ? [] : [by])].every((label) =>
    labels.includes(label),
  );
}

/** Adds up money, exactly. */
export function nanoUsdBy(
  snapshot: Snapshot,
  source: CounterSource<MoneyCounterName>,
  breakdown: Breakdown,
): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const [name, { nanoUsd = 0n }] of namedSeries(snapshot, source, breakdown))
    sums.set(name, (sums.get(name) ?? 0n) + nanoUsd);
  return sums;
}

/** Adds up counts. */
export function countsBy(
  snapshot: Snapshot,
  source: CounterSource,
  breakdown: Breakdown,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [name, { value }] of namedSeries(snapshot, source, breakdown))
    sums.set(name, (sums.get(name) ?? 0) + value);
  return sums;
}

function namedSeries(
  snapshot: Snapshot,
  { metrics, fixed }: CounterSource,
  { where, by }: Breakdown,
): (readonly [name: string, series: NumberSeries])[] {
  return metrics.flatMap((metric) => {
    const view = viewLabels(metricDescriptor(metric).labels);
    const found = snapshot.metrics.find(({ name }) => name === metric);
    const { series = [] } = (found as NumberMetricSnapshot | undefined) ?? {};
    return series
      .filter(view.matches({ ...where, ...fixed }))
      .map((one) => [by === undefined ? "" : view.read(one, by), one] as const);
  });
}
