import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Collector } from "../config/collector.ts";
import type { ObservabilityConfig } from "../config/config.ts";
import { withoutSecrets } from "../config/kind.ts";
import type { ExitDelivery } from "../exit/exit-delivery.ts";
import type { Parcel } from "../exit/shipment.ts";
import { redactingExporter } from "../logging/otel/redacting-span-exporter.ts";
import { createAttempt } from "../outbox/attempt.ts";
import type { Report } from "../problem.ts";
import { describeExportError } from "../transport/export-error.ts";
import { createOtlpExporter } from "../transport/otlp-exporter.ts";
import { traces } from "../transport/signal.ts";
import type { BatchingProcessor } from "./batching.ts";
import { createBatching } from "./batching.ts";

/** What the delivery of spans is built from. */
export interface SpanDeliveryOptions {
  readonly config: ObservabilityConfig;
  readonly collector: Collector;
  /** Hears how many spans were lost, and why. */
  readonly lost: (spans: number, reason: "span_export_failed" | "span_queue_full") => void;
  readonly exit: Pick<ExitDelivery, "register">;
  /** Takes secrets and content out of a span before it leaves the process. */
  readonly redact: (span: ReadableSpan) => ReadableSpan;
  readonly report: Report;
}

/** The exporter gives up after its own time; this is for one that does not. */
const GUARD_DELAY_MS = 500;
/** Spans in one request at the end, when there is no time for many. */
const EXIT_BATCH_SIZE = 512;

/** Creates what brings spans to the collector: in batches while the process runs, and the rest when it ends. */
export function createSpanDelivery(options: SpanDeliveryOptions): BatchingProcessor {
  const { config, collector, lost, exit, redact, report } = options;
  const destination = withoutSecrets(collector.url);
  const maxQueueSize = config.maxQueueSize.value;
  const exporter = createOtlpExporter(traces, {
    collector,
    destination,
    retries: false,
    refused: (spans) => {
      lost(spans, "span_export_failed");
    },
    report,
  });
  const queueFull = {
    code: "spans_dropped",
    message: `the queue of ${maxQueueSize} spans is full and new spans are dropped: the collector is slow or away, or maxQueueSize is too small for the bursts`,
  } as const;

  const batching = createBatching({
    attempt: createAttempt(
      redactingExporter(exporter, redact),
      collector.timeoutMs + GUARD_DELAY_MS,
    ),
    maxBatchSize: config.maxExportBatchSize.value,
    maxQueueSize,
    intervalMs: config.batchSpanProcessor.value ? config.exportIntervalMs.value : 0,
    dropped() {
      lost(1, "span_queue_full");
      report(queueFull);
    },
    failed({ error, items: count, lost: isLost }) {
      if (isLost) lost(count, "span_export_failed");
      const fate = isLost ? "lost" : "kept";
      report(describeExportError(error, { count, items: traces.items, destination, fate }));
    },
  });
  exit.register({
    signal: "traces",
    items: traces.items,
    destination: collector,
    prepare: batching.widen,
    take() {
      const unsent = batching.takeUnsent();
      exporter.abandon();
      return parcelsOf(unsent.map(redact), collector);
    },
    lost(spans) {
      lost(spans, "span_export_failed");
    },
  });
  return {
    ...batching,
    async shutdown() {
      await batching.shutdown();
      await exporter.shutdown();
    },
  };
}

function parcelsOf(spans: readonly ReadableSpan[], { protocol }: Collector): Parcel[] {
  const encoding = protocol === "http/json" ? "json" : "protobuf";
  const parcels: Parcel[] = [];
  for (let begin = 0; begin < spans.length; begin += EXIT_BATCH_SIZE) {
    const batch = spans.slice(begin, begin + EXIT_BATCH_SIZE);
    const body = traces[encoding].serializeRequest(batch);
    if (body !== undefined) parcels.push({ signal: "traces", encoding, items: batch.length, body });
  }
  return parcels;
}
