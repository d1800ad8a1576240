import type { LogRecordProcessor, ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { Collector } from "../../config/collector.ts";
import { withoutSecrets } from "../../config/kind.ts";
import type { ExitDelivery } from "../../exit/exit-delivery.ts";
import type { Parcel } from "../../exit/shipment.ts";
import { createAttempt } from "../../outbox/attempt.ts";
import { createOutbox } from "../../outbox/outbox.ts";
import type { Report } from "../../problem.ts";
import { describeExportError } from "../../transport/export-error.ts";
import { createOtlpExporter } from "../../transport/otlp-exporter.ts";
import { logs } from "../../transport/signal.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { logRecordRedactor } from "./redact-log-record.ts";

/** What the delivery of log records is built from. */
export interface LogDeliveryOptions {
  readonly collector: Collector;
  readonly redactor: Redactor;
  readonly maxBatchSize: number;
  readonly maxQueueSize: number;
  /** Milliseconds between two requests; a full batch goes at once. */
  readonly intervalMs: number;
  /** Hears how many records were lost, and why. */
  readonly lost: (records: number, reason: "log_export_failed" | "log_queue_full") => void;
  readonly exit: Pick<ExitDelivery, "register">;
  readonly report: Report;
}

/** The exporter gives up after its own time; this is for one that does not. */
const GUARD_DELAY_MS = 500;
/** Records in one request at the end, when there is no time for many. */
const EXIT_BATCH_SIZE = 512;

/** Creates what brings log records to the collector: redacted, in batches while the process runs, and the rest when it ends. */
export function createLogDelivery(options: LogDeliveryOptions): LogRecordProcessor {
  const { collector, maxQueueSize, lost, exit, report } = options;
  const destination = withoutSecrets(collector.url);
  const redact = logRecordRedactor(options.redactor);
  const exporter = createOtlpExporter(logs, {
    collector,
    destination,
    retries: false,
    refused(records) {
      lost(records, "log_export_failed");
    },
    report,
  });
  const attempt = createAttempt<ReadableLogRecord>(exporter, collector.timeoutMs + GUARD_DELAY_MS);
  const outbox = createOutbox<ReadableLogRecord>({
    attempt: (records) => attempt(records.map(redact)),
    maxBatchSize: options.maxBatchSize,
    maxQueueSize,
    intervalMs: options.intervalMs,
    dropped() {
      lost(1, "log_queue_full");
      report({
        code: "logs_dropped",
        message: `the queue of ${maxQueueSize} log records is full and new ones are not sent: the collector is slow or away, or maxQueueSize is too small for the bursts`,
      });
    },
    failed({ error, items: count, lost: isLost }) {
      if (isLost) lost(count, "log_export_failed");
      const fate = isLost ? "lost" : "kept";
      report(describeExportError(error, { count, items: logs.items, destination, fate }));
    },
  });
  exit.register({
    signal: "logs",
    items: logs.items,
    destination: collector,
    take() {
      const unsent = outbox.takeUnsent();
      exporter.abandon();
      return parcelsOf(unsent.map(redact), collector);
    },
    lost(records) {
      lost(records, "log_export_failed");
    },
  });
  return {
    onEmit(record) {
      outbox.add(record);
    },
    forceFlush: outbox.flush,
    async shutdown() {
      await outbox.close();
      await exporter.shutdown();
    },
  };
}

function parcelsOf(records: readonly ReadableLogRecord[], { protocol }: Collector): Parcel[] {
  const encoding = protocol === "http/json" ? "json" : "protobuf";
  const parcels: Parcel[] = [];
  for (let begin = 0; begin < records.length; begin += EXIT_BATCH_SIZE) {
    const batch = records.slice(begin, begin + EXIT_BATCH_SIZE);
    const body = logs[encoding].serializeRequest(batch);
    if (body !== undefined) parcels.push({ signal: "logs", encoding, items: batch.length, body });
  }
  return parcels;
}
