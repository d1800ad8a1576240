import type { HistogramMetricSnapshot, NumberMetricSnapshot, Snapshot } from "@tta-dev/primitives";
import { formatExposition } from "./exposition.ts";

/** A snapshot of these metrics. */
export function snapshotOf(...metrics: Snapshot["metrics"]): Snapshot {
  return { startMs: 0, atMs: 0, metrics };
}

function labelsOf(...names: readonly string[]): NumberMetricSnapshot["labels"] {
  return names.map((name) => ({
    name,
    attribute: name,
    known: [],
    open: true,
  })) as NumberMetricSnapshot["labels"];
}

/** A counter without series. */
export const retries: NumberMetricSnapshot = {
  name: "retry.attempts",
  prometheusName: "retry_attempts_total",
  kind: "counter",
  unit: "{attempt}",
  help: "Attempts.",
  bounds: [],
  labels: labelsOf("primitive_name", "reason"),
  series: [],
};

/** A histogram without series. */
export const durations: HistogramMetricSnapshot = {
  ...retries,
  name: "primitive.execution.duration",
  prometheusName: "primitive_execution_duration_seconds",
  kind: "histogram",
  unit: "s",
  bounds: [0.5, 2.5],
  labels: labelsOf("primitive_name"),
  series: [],
};

/** What no test here looks at. */
export const sketch = { scale: 5, offset: 0, counts: [] };

/** Ids made of one byte. */
export function idsOf(byte: string): { readonly traceId: string; readonly spanId: string } {
  return { traceId: byte.repeat(16), spanId: byte.repeat(8) };
}

/** A histogram with one series and exemplars. */
export const timed: HistogramMetricSnapshot = {
  ...durations,
  series: [
    {
      labelValues: ["search"],
      count: 3,
      sum: 5,
      min: 0,
      max: 4,
      zeroCount: 0,
      bucketCounts: [2, 0, 1],
      sketch,
      exemplars: [
        { ...idsOf("ab"), value: 0.25, atMs: 1_700_000_000_123.4 },
        undefined,
        { ...idsOf("cd"), value: 4, atMs: 1_700_000_000_000 },
      ],
    },
  ],
};

/** The lines without the head, which is the same everywhere. */
export function body(snapshot: Snapshot): string[] {
  return formatExposition(snapshot, {})
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("target_info"));
}
