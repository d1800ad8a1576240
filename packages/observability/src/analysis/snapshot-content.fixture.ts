import type { Snapshot } from "@tta-dev/primitives";

/** What a snapshot says, without its times and in one order, so that two can be compared. */
export function contentOf({ metrics }: Snapshot): unknown {
  return metrics.map((metric) => ({
    ...metric,
    series: metric.series
      .map((series) => ({ key: series.labelValues.join("|"), series }))
      .toSorted((one, other) => (one.key < other.key ? -1 : 1)),
  }));
}
