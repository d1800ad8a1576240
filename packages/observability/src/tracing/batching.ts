import { TraceFlags } from "@opentelemetry/api";
import type { SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";

/** How spans are gathered into requests. */
export interface Batching {
  /** Already guarded: it ends each export once and in bounded time. */
  readonly exporter: Required<SpanExporter>;
  readonly maxExportBatchSize: number;
  readonly maxQueueSize: number;
  readonly exportIntervalMs: number;
  readonly exportTimeoutMs: number;
  /** Hears of each span that found the queue full. */
  readonly dropped: () => void;
}

/** The SDK's own limit on an export is only a last resort behind the exporter's guard: this much later. */
const LAST_RESORT_MS = 5000;

/**
 * Puts the SDK's batch processor behind a gate that counts.
 *
 * The SDK drops a span silently when its queue is full; here the same spans are dropped one step earlier, so that they
 * can be counted. Its `forceFlush` leaves out the batch that is under way; here it is waited for.
 */
export function createBatching(batching: Batching): SpanProcessor {
  const { exporter, maxQueueSize, dropped } = batching;
  let waiting = 0;
  let closed = false;
  const batch = new BatchSpanProcessor({
    exporter: {
      ...exporter,
      export(spans, done) {
        waiting -= spans.length;
        exporter.export(spans, done);
      },
    },
    maxQueueSize,
    maxExportBatchSize: batching.maxExportBatchSize,
    scheduledDelayMillis: batching.exportIntervalMs,
    exportTimeoutMillis: batching.exportTimeoutMs + LAST_RESORT_MS,
  });

  return {
    onStart() {},
    onEnd(span) {
      if (closed || (span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      if (waiting >= maxQueueSize) {
        dropped();
        return;
      }
      waiting += 1;
      batch.onEnd(span);
    },
    async forceFlush() {
      // A failed export rejects here, and was reported where it failed.
      await batch.forceFlush().catch(() => undefined);
      await exporter.forceFlush();
    },
    async shutdown() {
      closed = true;
      await batch.shutdown().catch(() => undefined);
      await exporter.forceFlush();
    },
  };
}
