import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { onRun } from "@tta-dev/primitives";
import type { Signal } from "../config/settings/otlp.ts";
import { hasLoggerProvider } from "../logging/otel/start-log-records.ts";
import type { Report } from "../problem.ts";

/** What an application passes to an SDK of its own, which takes nothing once it is built. */
export interface Attachable {
  readonly spanProcessors: readonly SpanProcessor[];
  readonly metricReaders: readonly IMetricReader[];
  readonly logRecordProcessors: readonly LogRecordProcessor[];
}

/** Hands parts out to an application's own SDK, and notices whether they arrived there. */
export interface Attachment {
  readonly offerSpans: (processors: readonly SpanProcessor[]) => void;
  readonly offerLogs: (processors: readonly LogRecordProcessor[]) => void;
  readonly offerMetrics: (reader: IMetricReader & { readonly isAttached: boolean }) => void;
  /** Is told of each log record that goes to the application's SDK, after it went there. */
  readonly emitted: () => void;
  readonly offered: Attachable;
  /**
   * Reports what is not attached: at once where an SDK is there already, which takes nothing any more, else when the first
   * run has ended. Of logs that is known once a record went there and did not come back.
   */
  readonly watch: (isBuilt: Readonly<Record<Signal, boolean>>) => void;
  readonly release: () => void;
}

/** Makes an attachment with nothing in it. */
export function createAttachment(report: Report): Attachment {
  const spanProcessors: SpanProcessor[] = [];
  const metricReaders: IMetricReader[] = [];
  const logRecordProcessors: LogRecordProcessor[] = [];
  const seen = { spans: false, logs: false };
  let isLogsDue = false;
  let isMetricsAttached = (): boolean => true;
  let stopWatching = (): void => undefined;

  const tell = (list: keyof Attachable, missing: string): void => {
    report({
      code: "not_attached",
      message: `${missing}: observability.${list} are not in your SDK, which takes them only when it is built. Call initializeObservability({ existingSdk: true }) first and pass them on`,
      subject: list,
    });
  };

  const tellSpans = (): void => {
    if (spanProcessors.length > 0 && !seen.spans)
      tell("spanProcessors", "the collector and the console get no spans from here");
  };
  const tellMetrics = (): void => {
    if (!isMetricsAttached())
      tell("metricReaders", "the metrics page lacks the instruments of your MeterProvider");
  };
  const tellLogs = (): void => {
    if (logRecordProcessors.length > 0 && !seen.logs)
      tell("logRecordProcessors", "the collector gets no log records from here");
  };

  return {
    offered: { spanProcessors, metricReaders, logRecordProcessors },
    offerSpans(processors) {
      for (const processor of processors)
        spanProcessors.push({
          ...processor,
          onStart(span, context) {
            seen.spans = true;
            processor.onStart(span, context);
          },
        });
    },
    offerLogs(processors) {
      for (const processor of processors)
        logRecordProcessors.push({
          ...processor,
          onEmit(record, context) {
            seen.logs = true;
            processor.onEmit(record, context);
          },
        });
    },
    offerMetrics(reader) {
      metricReaders.push(reader);
      isMetricsAttached = () => reader.isAttached;
    },
    emitted() {
      if (!isLogsDue) return;
      isLogsDue = false;
      tellLogs();
    },
    watch(isBuilt) {
      if (isBuilt.traces) tellSpans();
      if (isBuilt.metrics) tellMetrics();
      if (isBuilt.logs) tellLogs();
      if (isBuilt.traces && isBuilt.metrics && isBuilt.logs) return;
      // By then the SDK has been built, or it never will be.
      stopWatching = onRun({
        ended() {
          stopWatching();
          if (!isBuilt.traces) tellSpans();
          if (!isBuilt.metrics) tellMetrics();
          if (isBuilt.logs) return;
          if (hasLoggerProvider()) isLogsDue = true;
          else tellLogs();
        },
      });
    },
    release: () => stopWatching(),
  };
}
