import type { MetricKind, MetricUnit } from "./definition.ts";

/**
 * Returns the name a metric has in Prometheus, by the rule that OpenTelemetry's Collector follows.
 *
 * Dots become underscores; unit `s` adds `_seconds`, unit `1` on a gauge adds `_ratio`, a unit in braces adds
 * nothing; a counter ends in `_total`. Nothing is added twice.
 *
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function prometheusName(
  name: string,
  metric: { readonly kind: MetricKind; readonly unit: MetricUnit },
): string {
  let result = name.replaceAll(".", "_");
  if (metric.unit === "s") result = ending(result, "_seconds");
  if (metric.unit === "1" && metric.kind === "gauge") result = ending(result, "_ratio");
  return metric.kind === "counter" ? ending(result, "_total") : result;
}

function ending(name: string, suffix: string): string {
  return name.endsWith(suffix) ? name : name + suffix;
}
