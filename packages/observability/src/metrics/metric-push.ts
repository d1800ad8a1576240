import type { MetricReader } from "@opentelemetry/sdk-metrics";
import { AggregationType, InstrumentType } from "@opentelemetry/sdk-metrics";
import type { Registry } from "@tta-dev/primitives";
import type { Collector } from "../config/collector.ts";
import type { Report } from "../problem.ts";
import { guardExporter } from "../transport/guarded-exporter.ts";
import { createOtlpExporter } from "../transport/otlp-exporter.ts";
import { metrics } from "../transport/signal.ts";
import type { TlsOptions } from "../config/otlp-certificates.ts";
import type { HistogramAggregation } from "./metric-data.ts";
import { PushMetricReader } from "./push-reader.ts";
import { createRegistryProducer } from "./registry-producer.ts";
import type { TemporalityPreference } from "./temporality.ts";
import { temporalityOf } from "./temporality.ts";

export interface MetricPushOptions {
  readonly collector: Collector;
  /** The collector's URL as it may be shown. */
  readonly destination: string;
  readonly tls?: TlsOptions;
  /** Gives the registry of the moment. */
  readonly registry: () => Registry;
  /** Milliseconds between two pushes; a push may take no longer. */
  readonly intervalMs: number;
  readonly temporality: TemporalityPreference;
  readonly histograms: HistogramAggregation;
  /** Hears how many metrics were lost. Totals are not: they are in the next push. */
  readonly lost: (count: number) => void;
  readonly report: Report;
}

/** What pushes metrics, once a meter provider drives it. */
export interface MetricPush {
  readonly reader: MetricReader;
  /** Breaks off what is under way. */
  readonly abandon: () => void;
}

/** The exporter gives up after its own time; its guard steps in a little later. */
const GUARD_DELAY_MS = 500;

/**
 * Creates the reader that pushes the registry, and the instruments of its meter provider, over OTLP.
 *
 * Its timer does not keep the process alive. `forceFlush` and `shutdown` push what there is.
 */
export function createMetricPush(options: MetricPushOptions): MetricPush {
  const { collector, destination, intervalMs, temporality, histograms, lost } = options;
  let isAbandoned = false;
  const report: Report = (problem) => {
    // What was broken off on purpose is no fault of the collector's.
    if (!isAbandoned) options.report(problem);
  };
  const timeoutMs = Math.min(collector.timeoutMs, intervalMs);
  const exporter = createOtlpExporter(metrics, {
    collector: { ...collector, timeoutMs },
    destination,
    ...(options.tls && { tls: options.tls }),
    // A total that did not arrive is in the next push.
    retries: temporality === "delta",
    refused: lost,
    report,
  });
  const guarded = guardExporter(exporter, {
    items: metrics.items,
    timeoutMs: timeoutMs + GUARD_DELAY_MS,
    destination,
    fate: temporality === "cumulative" ? "kept" : "lost",
    lost,
    report,
  });
  const reader = new PushMetricReader({
    exporter: guarded,
    intervalMs,
    collectTimeoutMs: timeoutMs,
    producers: [createRegistryProducer(options)],
    temporality: (instrument) => temporalityOf(instrument, temporality),
    aggregation: (instrument) =>
      instrument === InstrumentType.HISTOGRAM && histograms === "base2_exponential_bucket_histogram"
        ? { type: AggregationType.EXPONENTIAL_HISTOGRAM }
        : { type: AggregationType.DEFAULT },
  });
  return {
    reader,
    abandon() {
      isAbandoned = true;
      exporter.abandon();
    },
  };
}
