import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { PushMetricExporter, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { DataPointType } from "@opentelemetry/sdk-metrics";
import { REGISTRY_SCOPE } from "./registry-producer.ts";

/** What stands between a reader and its exporter, and knows what has arrived. */
export interface ExitMetrics {
  readonly exporter: PushMetricExporter;
  /** Hands out what is not known to have arrived: what is under way, and what was recorded since. */
  readonly take: () => readonly ResourceMetrics[];
}

/**
 * Notes which of the registry's counts arrive, so that the rest can be sent when the process ends. Counts only rise: where
 * their sum is the one that arrived, nothing was recorded since. Instruments of the application are not among them, because
 * they can be read by a promise alone.
 *
 * @param options.isDelta Whether each collection holds what was recorded since the one before.
 * @param options.collect Reads the registry, at once.
 */
export function noteArrivals(
  next: PushMetricExporter,
  options: { readonly isDelta: boolean; readonly collect: () => ResourceMetrics },
): ExitMetrics {
  const { isDelta, collect } = options;
  let underWay: ResourceMetrics | undefined;
  let arrived = 0;
  let hasFailed = false;
  let isClosed = false;

  return {
    exporter: {
      export(metrics, done) {
        const recorded = recordedIn(metrics);
        underWay = metrics;
        next.export(metrics, (result: ExportResult) => {
          underWay = undefined;
          hasFailed = result.code !== ExportResultCode.SUCCESS;
          if (!hasFailed && !isDelta) arrived = recorded;
          done(result);
        });
      },
      forceFlush: () => next.forceFlush(),
      shutdown() {
        isClosed = true;
        return next.shutdown();
      },
    },
    take() {
      // Whoever shut down has said that no more is to come.
      if (isClosed && !hasFailed) return [];
      const pending = isDelta && underWay !== undefined ? [underWay] : [];
      const metrics = collect();
      return recordedIn(metrics) === arrived ? pending : [...pending, metrics];
    },
  };
}

/** How much the counters and histograms of the registry have recorded. */
function recordedIn({ scopeMetrics }: ResourceMetrics): number {
  let sum = 0;
  for (const { scope, metrics } of scopeMetrics) {
    if (scope.name !== REGISTRY_SCOPE.name) continue;
    for (const metric of metrics) {
      if (metric.dataPointType === DataPointType.SUM) {
        if (metric.isMonotonic) for (const { value } of metric.dataPoints) sum += value;
      } else if (metric.dataPointType !== DataPointType.GAUGE)
        for (const { value } of metric.dataPoints) sum += value.count;
    }
  }
  return sum;
}
