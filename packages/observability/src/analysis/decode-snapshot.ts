import type { HistogramSeries, MetricSnapshot, NumberSeries, Snapshot } from "@tta-dev/primitives";
import type { MetricDescriptor } from "@tta-dev/primitives/catalog";
import { metricDescriptors } from "@tta-dev/primitives/catalog";
import { decodeExemplar, decodeExemplars } from "./decode-exemplar.ts";
import { decodeHistogram } from "./decode-histogram.ts";
import { SNAPSHOT_FORMAT } from "./encoded-snapshot.ts";
import type { JsonReader } from "./json-reader.ts";
import { readJson } from "./json-reader.ts";

/**
 * Reads what `encodeSnapshot` made, in another process perhaps, and checks every part of it.
 *
 * @param encoded The parsed JSON
 * @throws TypeError or RangeError for what is no snapshot, or one of another version whose metrics are not those of
 *   this one: it names the place, the value and what was expected
 * @example
 * ```ts
 * import { decodeSnapshot, mergeSnapshots } from "@tta-dev/observability";
 * import { slot } from "@tta-dev/primitives";
 * import { readFileSync } from "node:fs";
 *
 * const theirs = decodeSnapshot(JSON.parse(readFileSync("worker-1.json", "utf8")));
 * const together = mergeSnapshots([slot().registry.snapshot(), theirs]);
 * process.stdout.write(`${together.metrics.length} metrics\n`);
 * ```
 */
export function decodeSnapshot(encoded: unknown): Snapshot {
  const reader = readJson("decodeSnapshot: snapshot", encoded);
  const format = reader.field("format");
  if (format.value !== SNAPSHOT_FORMAT) throw format.refuse(`"${SNAPSHOT_FORMAT}"`);
  return {
    startMs: reader.field("startMs").number(),
    metrics: decodeMetrics(reader.field("metrics").items()),
    atMs: reader.field("atMs").number(),
  };
}

function decodeMetrics(readers: readonly JsonReader[]): MetricSnapshot[] {
  const seen = new Set<string>();
  return readers.map((reader) => {
    const metric = decodeMetric(reader);
    if (seen.has(metric.name)) throw reader.field("name").refuse("each metric once");
    seen.add(metric.name);
    return metric;
  });
}

function decodeMetric(reader: JsonReader): MetricSnapshot {
  const metric = metricDescriptors.get(reader.field("name").text());
  if (metric === undefined) throw reader.field("name").refuse("a metric of the catalogue");
  requireSame(reader, "kind", metric.kind);
  requireSame(
    reader,
    "labels",
    metric.labels.map(({ name }) => name),
  );
  requireSame(reader, "bounds", metric.bounds);
  const rows = decodeRows(reader.field("series").items(), metric);
  if (metric.kind === "histogram")
    return {
      ...metric,
      kind: "histogram",
      series: rows.map(({ row, labelValues }): HistogramSeries => ({
        labelValues,
        ...decodeHistogram(row, metric.bounds.length + 1),
        ...decodeExemplars(row, metric.bounds.length + 1),
      })),
    };
  return {
    ...metric,
    kind: metric.kind,
    series: rows.map(({ row, labelValues }) => decodeNumber(row, labelValues, metric)),
  };
}

/** The two ends must mean the same by a metric: else its numbers would be added to others. */
function requireSame(reader: JsonReader, field: string, expected: unknown): void {
  const given = reader.field(field);
  const text = JSON.stringify(expected);
  if (JSON.stringify(given.value) !== text)
    throw given.refuse(`${text}, as in this version of the catalogue`);
}

interface RowReader {
  readonly row: JsonReader;
  readonly labelValues: readonly string[];
}

function decodeRows(rows: readonly JsonReader[], metric: MetricDescriptor): readonly RowReader[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const given = row.field("labelValues");
    const labelValues = given.items().map((value) => value.text());
    if (labelValues.length !== metric.labels.length)
      throw given.refuse(`a value for each of ${metric.labels.length} labels`);
    const key = JSON.stringify(labelValues);
    if (seen.has(key)) throw given.refuse("each series once");
    seen.add(key);
    return { row, labelValues };
  });
}

function decodeNumber(
  row: JsonReader,
  labelValues: readonly string[],
  { kind, unit }: MetricDescriptor,
): NumberSeries {
  const value = row.field("value").number();
  if (kind !== "counter") return { labelValues, value };
  if (value < 0) throw row.field("value").refuse("a number of at least 0, because it is a counter");
  const counted = { labelValues, value, ...decodeExemplar(row) };
  if (unit !== "{USD}") return counted;
  const digits = row.field("nanoUsd");
  if (!/^\d{1,40}$/.test(digits.text())) throw digits.refuse("digits");
  return { ...counted, nanoUsd: BigInt(digits.text()) };
}
