import { emptyResource } from "@opentelemetry/resources";
import type { CollectionResult, MetricProducer } from "@opentelemetry/sdk-metrics";
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
export const REGISTRY_SCOPE = { name: "@tta-dev/primitives" };

/** A source of metrics that can be read without a promise, too. */
export interface RegistryProducer extends MetricProducer {
  readonly collectNow: () => CollectionResult;
}

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
}: RegistryProducerOptions): RegistryProducer {
  const sent = temporalityOf(InstrumentType.COUNTER, temporality);
  const takeDelta = sent === AggregationTemporality.DELTA ? createDelta() : undefined;

  const collectNow = (): CollectionResult => {
    const { metrics, ...times } = takeDelta?.(registry()) ?? totalsOf(registry());
    const period: Period = { ...times, temporality: sent, histograms };
    return {
      resourceMetrics: {
        resource: emptyResource(),
        scopeMetrics: [
          { scope: REGISTRY_SCOPE, metrics: metrics.map((metric) => toMetricData(metric, period)) },
        ],
      },
      errors: [],
    };
  };
  return { collectNow, collect: async () => collectNow() };
}

function totalsOf(registry: Registry) {
  const { startMs, atMs, metrics } = registry.snapshot();
  return { startMs, endMs: Math.max(atMs, startMs), metrics };
}
