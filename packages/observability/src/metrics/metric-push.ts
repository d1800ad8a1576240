import type { Resource } from "@opentelemetry/resources";
import type { MetricReader, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
} from "@opentelemetry/sdk-metrics";
import type { Registry } from "@tta-dev/primitives";
import type { Collector } from "../config/collector.ts";
import type { Parcel } from "../exit/shipment.ts";
import type { Report } from "../problem.ts";
import { guardExporter } from "../transport/guarded-exporter.ts";
import { createOtlpExporter } from "../transport/otlp-exporter.ts";
import { metrics } from "../transport/signal.ts";
import type { TlsOptions } from "../config/otlp-certificates.ts";
import { noteArrivals } from "./exit-metrics.ts";
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
  /** What says whose metrics they are, where no meter provider is asked any more. */
  readonly resource: Resource;
  /** Takes secrets out of a resource before it leaves the process. @default it stays as it is */
  readonly redact?: (resource: Resource) => Resource;
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
  /** Hands out, without a promise, what the registry counted and is not known to have arrived. Breaks off what is under way. */
  readonly takeUnsent: () => readonly Parcel[];
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
  const redacted = (all: ResourceMetrics): ResourceMetrics => ({
    ...all,
    resource: options.redact?.(all.resource) ?? all.resource,
  });
  const guarded = guardExporter(
    {
      export(all: ResourceMetrics, done) {
        exporter.export(redacted(all), done);
      },
      shutdown: () => exporter.shutdown(),
    },
    {
      items: metrics.items,
      timeoutMs: timeoutMs + GUARD_DELAY_MS,
      destination,
      fate: temporality === "cumulative" ? "kept" : "lost",
      lost,
      report,
    },
  );
  const producer = createRegistryProducer(options);
  const arrivals = noteArrivals(guarded, {
    isDelta: temporalityOf(InstrumentType.COUNTER, temporality) === AggregationTemporality.DELTA,
    collect: () => ({ ...producer.collectNow().resourceMetrics, resource: options.resource }),
  });
  const reader = new PushMetricReader({
    exporter: arrivals.exporter,
    intervalMs,
    collectTimeoutMs: timeoutMs,
    producers: [producer],
    temporality: (instrument) => temporalityOf(instrument, temporality),
    aggregation: (instrument) =>
      instrument === InstrumentType.HISTOGRAM && histograms === "base2_exponential_bucket_histogram"
        ? { type: AggregationType.EXPONENTIAL_HISTOGRAM }
        : { type: AggregationType.DEFAULT },
  });
  const abandon = (): void => {
    isAbandoned = true;
    exporter.abandon();
  };
  return {
    reader,
    abandon,
    takeUnsent() {
      const unsent = arrivals.take();
      abandon();
      return unsent.flatMap((one) => parcelOf(redacted(one), collector) ?? []);
    },
  };
}

function parcelOf(unsent: ResourceMetrics, { protocol }: Collector): Parcel | undefined {
  const encoding = protocol === "http/json" ? "json" : "protobuf";
  const body = metrics[encoding].serializeRequest(unsent);
  const items = metrics.items.count(unsent);
  return body && { signal: "metrics", encoding, items, body };
}
