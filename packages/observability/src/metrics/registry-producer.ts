import { emptyResource } from "@opentelemetry/resources";
import type { MetricProducer } from "@opentelemetry/sdk-metrics";
import { AggregationTemporality, InstrumentType } from "@opentelemetry/sdk-metrics";
import type { Registry } from "@tta-dev/primitives";
import { createDelta } from "./delta.ts";
import type { HistogramAggregation, Period } from "./metric-data.ts";
import { toMetricData } from "./metric-data.ts";
import type { TemporalityPreference } from "./temporality.ts";
import { temporalityOf } from "./temporality.ts";

export interface RegistryProducerOptions {
  /** Gives the registry of the moment. */
  readonly registry: () => Registry;
  readonly temporality: TemporalityPreference;
  readonly histograms: HistogramAggregation;
}

/** The instrumentation scope of what the primitives count. */
const SCOPE = { name: "@tta-dev/primitives" };

/**
 * Makes a registry a source of metrics for one metric reader of the OpenTelemetry SDK.
 *
 * A producer is not told who asks, and under delta temporality it answers what was added since it was asked last: each
 * reader needs a producer of its own.
 */
export function createRegistryProducer({
  registry,
  temporality,
  histograms,
}: RegistryProducerOptions): MetricProducer {
  const sent = temporalityOf(InstrumentType.COUNTER, temporality);
  const takeDelta = sent === AggregationTemporality.DELTA ? createDelta() : undefined;

  return {
    async collect() {
      const { metrics, ...times } = takeDelta?.(registry()) ?? totalsOf(registry());
      const period: Period = { ...times, temporality: sent, histograms };
      return {
        resourceMetrics: {
          resource: emptyResource(),
          scopeMetrics: [
            { scope: SCOPE, metrics: metrics.map((metric) => toMetricData(metric, period)) },
          ],
        },
        errors: [],
      };
    },
  };
}

function totalsOf(registry: Registry) {
  const { startMs, atMs, metrics } = registry.snapshot();
  return { startMs, endMs: Math.max(atMs, startMs), metrics };
}
