import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { Resource } from "@opentelemetry/resources";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { Collector } from "../config/collector.ts";
import type { ObservabilityConfig } from "../config/config.ts";
import type { Report } from "../problem.ts";
import { createBatching } from "./batching.ts";
import { guardExporter } from "./guarded-exporter.ts";
import { guardProcessor } from "./guarded-processor.ts";
import { createSampler } from "./sampler.ts";

/** What a tracer provider is built from. */
export interface Tracing {
  readonly config: ObservabilityConfig;
  readonly collector: Collector | undefined;
  readonly resource: Resource;
  /** Foreign ones: they are guarded and come first, so that they may add to a span before it is sent. */
  readonly processors: readonly SpanProcessor[];
  /** Our own: the console. */
  readonly console: SpanProcessor | undefined;
  /** Hears how many spans were lost, and why. */
  readonly lost: (spans: number, reason: "span_export_failed" | "span_queue_full") => void;
  readonly report: Report;
}

/** Builds the provider that makes and delivers spans. */
export function createTracerProvider(tracing: Tracing): TracerProvider {
  const { config, collector, report } = tracing;
  const own = [
    ...(tracing.console === undefined ? [] : [tracing.console]),
    ...(collector === undefined ? [] : [createDelivery(tracing, collector)]),
  ];
  return new TracerProvider({
    resource: tracing.resource,
    sampler: createSampler(config.traceSampleRate.value, config.parentBased.value),
    spanProcessors: [...tracing.processors, ...own].map((processor) =>
      guardProcessor(processor, report),
    ),
  });
}

/** The exporter gives up after its own time; its guard steps in a little later, where it does not. */
const GUARD_DELAY_MS = 500;

function createDelivery({ config, lost, report }: Tracing, collector: Collector): SpanProcessor {
  const timeoutMs = config.exportTimeoutMs.value;
  const maxQueueSize = config.maxQueueSize.value;
  const maxExportBatchSize = config.maxExportBatchSize.value;
  const exporter = new OTLPTraceExporter({
    url: collector.url,
    headers: { ...collector.headers },
    timeoutMillis: timeoutMs,
    // A flush sends the whole queue at once, and what is over the limit would be refused.
    concurrencyLimit: Math.max(30, Math.ceil(maxQueueSize / maxExportBatchSize) + 1),
  });
  return createBatching({
    exporter: guardExporter(exporter, {
      timeoutMs: timeoutMs + GUARD_DELAY_MS,
      destination: config.otlpEndpoint.value ?? "",
      lost: (spans) => {
        lost(spans, "span_export_failed");
      },
      report,
    }),
    maxExportBatchSize,
    maxQueueSize,
    exportIntervalMs: config.exportIntervalMs.value,
    exportTimeoutMs: timeoutMs,
    dropped() {
      lost(1, "span_queue_full");
      report({
        code: "spans_dropped",
        message: `the queue of ${maxQueueSize} spans is full and new spans are dropped: the collector is slow or away, or maxQueueSize is too small for the bursts`,
      });
    },
  });
}
