import type {
  HistogramMetricSnapshot,
  HistogramSeries,
  MetricSnapshot,
  NumberMetricSnapshot,
  NumberSeries,
  Snapshot,
} from "@tta-dev/primitives";
import { mergeHistograms } from "@tta-dev/primitives";
import { metricDescriptors } from "@tta-dev/primitives/catalog";
import { latestExemplar, latestExemplars } from "./latest-exemplar.ts";
import { deriveGauges, mergeGaugeValues } from "./merge-gauges.ts";
import { usdOf } from "./money.ts";
import { wrongType, wrongValue } from "./wrong-argument.ts";

/**
 * Merges snapshots of several threads or processes into the one that a single registry would have given, had it
 * recorded everything.
 *
 * Counters and up-down counters add up, money in nano-dollars; histograms add up bucket by bucket, and so do their
 * sketches, so that percentiles are as good as those of one process. Gauges that are amounts add up; of states the
 * worst stands: the most open circuit, the lowest compliance. Of exemplars the latest stays. The order makes no
 * difference, and merged snapshots can be merged again. Merge each process once: what is given twice counts twice.
 *
 * @throws TypeError if it is given no array, or two versions of a metric; RangeError if the array is empty
 * @example
 * ```ts
 * import { mergeSnapshots, percentilesOf } from "@tta-dev/observability";
 * import { slot, type Snapshot } from "@tta-dev/primitives";
 * import { Worker } from "node:worker_threads";
 *
 * // Each worker ends with: parentPort.postMessage(slot().registry.snapshot())
 * const worker = new Worker(new URL("./worker.js", import.meta.url));
 * worker.on("message", (theirs: Snapshot) => {
 *   const together = mergeSnapshots([slot().registry.snapshot(), theirs]);
 *   process.stdout.write(`p99: ${percentilesOf(together).all.p99} s\n`);
 * });
 * ```
 */
export function mergeSnapshots(snapshots: readonly Snapshot[]): Snapshot {
  const given = { place: "mergeSnapshots: snapshots", value: snapshots };
  if (!Array.isArray(snapshots)) throw wrongType({ ...given, expected: "an array of snapshots" });
  if (snapshots.length === 0) throw wrongValue({ ...given, expected: "at least one snapshot" });
  const versions = new Map<string, MetricSnapshot[]>();
  for (const metric of snapshots.flatMap(({ metrics }) => metrics)) {
    const known = versions.get(metric.name);
    if (known === undefined) versions.set(metric.name, [metric]);
    else known.push(metric);
  }
  const metrics = inOrder(versions.keys()).map((name) => mergeMetric(versions.get(name)!));
  return {
    startMs: snapshots.reduce((first, { startMs }) => Math.min(first, startMs), Infinity),
    metrics: deriveGauges(metrics),
    atMs: snapshots.reduce((last, { atMs }) => Math.max(last, atMs), -Infinity),
  };
}

/** The catalogue's order; what another version of it has beyond this one comes last. */
function inOrder(names: Iterable<string>): string[] {
  const present = new Set(names);
  const known = [...metricDescriptors.keys()].filter((name) => present.has(name));
  return [...new Set([...known, ...present])];
}

function mergeMetric(metrics: readonly MetricSnapshot[]): MetricSnapshot {
  const [first] = metrics as readonly [MetricSnapshot, ...MetricSnapshot[]];
  for (const other of metrics) requireSameShape(first, other);
  if (first.kind === "histogram") {
    const all = (metrics as readonly HistogramMetricSnapshot[]).flatMap(({ series }) => series);
    return { ...first, series: byLabels(all).map(mergeHistogramSeries) };
  }
  const all = (metrics as readonly NumberMetricSnapshot[]).flatMap(({ series }) => series);
  const merge = (rows: readonly NumberSeries[]): NumberSeries =>
    rows.reduce((one, other) => mergeNumberSeries(first, one, other));
  return { ...first, series: byLabels(all).map(merge) };
}

function mergeHistogramSeries(rows: readonly HistogramSeries[]): HistogramSeries {
  const exemplars = latestExemplars(rows);
  return {
    labelValues: rows[0]!.labelValues,
    ...mergeHistograms(rows),
    ...(exemplars !== undefined && { exemplars }),
  };
}

function mergeNumberSeries(
  { kind, name }: MetricSnapshot,
  one: NumberSeries,
  other: NumberSeries,
): NumberSeries {
  const { labelValues } = one;
  if (kind === "gauge")
    return { labelValues, value: mergeGaugeValues(name, one.value, other.value) };
  const exemplar = latestExemplar(one.exemplar, other.exemplar);
  const value = one.value + other.value;
  const merged = { labelValues, value, ...(exemplar !== undefined && { exemplar }) };
  if (one.nanoUsd === undefined || other.nanoUsd === undefined) return merged;
  const nanoUsd = one.nanoUsd + other.nanoUsd;
  return { ...merged, value: usdOf(nanoUsd), nanoUsd };
}

/** Series of equal labels together, in the order in which they come. */
function byLabels<S extends { readonly labelValues: readonly string[] }>(
  series: readonly S[],
): readonly (readonly S[])[] {
  return [...Map.groupBy(series, ({ labelValues }) => JSON.stringify(labelValues)).values()];
}

/** Two versions of this package may meet: what they call alike has to be alike. */
function requireSameShape(one: MetricSnapshot, other: MetricSnapshot): void {
  const shape = ({ kind, unit, labels, bounds }: MetricSnapshot): string =>
    JSON.stringify([kind, unit, labels.map(({ name }) => name), bounds]);
  if (shape(one) === shape(other)) return;
  throw new TypeError(
    `mergeSnapshots: ${one.name} has other labels, bounds or kinds in two of the snapshots; expected snapshots of one version of @tta-dev/primitives`,
  );
}
