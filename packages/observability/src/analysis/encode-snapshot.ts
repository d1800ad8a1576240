import type { HistogramSeries, NumberSeries, Snapshot } from "@tta-dev/primitives";
import type { EncodedHistogram, EncodedNumber, EncodedSnapshot } from "./encoded-snapshot.ts";
import { SNAPSHOT_FORMAT } from "./encoded-snapshot.ts";

/**
 * Makes plain JSON of a snapshot, to send to another process or to keep in a file. Between threads it is not needed:
 * a snapshot can be sent as it is.
 *
 * @example
 * ```ts
 * import { encodeSnapshot } from "@tta-dev/observability";
 * import { slot } from "@tta-dev/primitives";
 *
 * process.send?.(encodeSnapshot(slot().registry.snapshot()));
 * ```
 */
export function encodeSnapshot({ startMs, atMs, metrics }: Snapshot): EncodedSnapshot {
  return {
    format: SNAPSHOT_FORMAT,
    startMs,
    atMs,
    metrics: metrics.map((metric) => ({
      name: metric.name,
      kind: metric.kind,
      labels: metric.labels.map(({ name }) => name),
      bounds: metric.bounds,
      series:
        metric.kind === "histogram"
          ? metric.series.map(encodeHistogram)
          : metric.series.map(encodeNumber),
    })),
  };
}

function encodeNumber({ labelValues, value, nanoUsd, exemplar }: NumberSeries): EncodedNumber {
  return {
    labelValues,
    value,
    ...(nanoUsd !== undefined && { nanoUsd: String(nanoUsd) }),
    ...(exemplar !== undefined && { exemplar }),
  };
}

function encodeHistogram(series: HistogramSeries): EncodedHistogram {
  const { labelValues, count, sum, min, max, zeroCount, bucketCounts, sketch, exemplars } = series;
  return {
    labelValues,
    count,
    sum,
    ...(min !== undefined && max !== undefined && { min, max }),
    zeroCount,
    bucketCounts,
    sketch,
    ...(exemplars !== undefined && { exemplars: exemplars.map((one) => one ?? null) }),
  };
}
