import type { MetricSnapshot, NumberSeries } from "@tta-dev/primitives";
import type { GaugeName, MetricName } from "@tta-dev/primitives/catalog";
import { viewLabels } from "./label-match.ts";

/**
 * What a gauge says of several processes together. None of it depends on their order.
 *
 * - `sum`: an amount that each of them holds
 * - `max`, `min`: a state, of which the worst is what matters; a limit, which is the same everywhere
 * - `hit_rate`, `series`: a ratio and a count that are worked out anew, because they are no sum
 */
type GaugeRule = "sum" | "max" | "min" | "hit_rate" | "series";

const RULES: Readonly<Record<GaugeName, GaugeRule>> = {
  "circuit_breaker.state": "max",
  "bulkhead.in_use": "sum",
  "bulkhead.queued": "sum",
  "rate_limit.waiting": "sum",
  "cache.hit_rate": "hit_rate",
  "cache.entries": "sum",
  "budget.limit.usd": "max",
  "slo.compliance": "min",
  "slo.error_budget.remaining": "min",
  "slo.burn_rate": "max",
  "throughput.rps": "sum",
  "component.maturity.stage": "min",
  "component.coverage": "min",
  "component.gate": "min",
  "anomaly.score": "max",
  "telemetry.series": "series",
};

/** Merges two values of one series. Of those that are worked out anew, one stands until then. */
export function mergeGaugeValues(name: MetricName, one: number, other: number): number {
  const rule = RULES[name as GaugeName];
  if (rule === "sum") return one + other;
  return rule === "min" ? Math.min(one, other) : Math.max(one, other);
}

/** Works out anew what cannot be merged value by value, from the other metrics of the merged snapshot. */
export function deriveGauges(metrics: readonly MetricSnapshot[]): MetricSnapshot[] {
  return metrics.map((metric) => {
    if (metric.kind !== "gauge") return metric;
    const rule = RULES[metric.name as GaugeName];
    if (rule === "hit_rate") return { ...metric, series: hitRates(metric.series, metrics) };
    return rule === "series" ? { ...metric, series: seriesCounts(metrics) } : metric;
  });
}

function hitRates(
  series: readonly NumberSeries[],
  metrics: readonly MetricSnapshot[],
): NumberSeries[] {
  const hits = sumsByPrimitive("cache.hits", metrics);
  const lookups = sumsByPrimitive("cache.total", metrics);
  return series.map((row) => {
    const [name = ""] = row.labelValues;
    const total = lookups.get(name) ?? 0;
    return total === 0 ? row : { ...row, value: (hits.get(name) ?? 0) / total };
  });
}

function sumsByPrimitive(
  name: MetricName,
  metrics: readonly MetricSnapshot[],
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const metric = metrics.find((one) => one.name === name);
  if (metric === undefined || metric.kind === "histogram") return sums;
  const view = viewLabels(metric.labels);
  for (const row of metric.series) {
    const primitive = view.read(row, "primitive_name");
    sums.set(primitive, (sums.get(primitive) ?? 0) + row.value);
  }
  return sums;
}

/** As a registry counts them: every metric but this one. */
function seriesCounts(metrics: readonly MetricSnapshot[]): NumberSeries[] {
  return metrics
    .filter(({ name }) => name !== "telemetry.series")
    .map(({ name, series }) => ({ labelValues: [name], value: series.length }));
}
