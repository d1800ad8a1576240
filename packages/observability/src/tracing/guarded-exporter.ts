import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { SpanExporter } from "@opentelemetry/sdk-trace";
import type { Report } from "../problem.ts";
import { describeExportError } from "./export-error.ts";

/** What the guard needs to know. */
export interface ExporterGuard {
  /** Milliseconds after which an export that has not answered counts as failed. */
  readonly timeoutMs: number;
  /** Where the exporter sends, as it may be shown. */
  readonly destination: string;
  /** Hears how many spans were lost. */
  readonly lost: (spans: number) => void;
  readonly report: Report;
}

/**
 * Wraps an exporter: each export ends exactly once and in bounded time, whatever the exporter does, and each failure is
 * reported. `forceFlush` waits for the exports that are under way, also those that a timer began.
 */
export function guardExporter(
  exporter: SpanExporter,
  guard: ExporterGuard,
): Required<SpanExporter> {
  const pending = new Set<Promise<void>>();
  return {
    export(spans, done) {
      const { promise, resolve } = Promise.withResolvers<void>();
      pending.add(promise);
      const finish = (result: ExportResult): void => {
        if (!pending.delete(promise)) return;
        clearTimeout(timer);
        if (result.code !== ExportResultCode.SUCCESS) {
          guard.lost(spans.length);
          guard.report(
            describeExportError(result.error, {
              spans: spans.length,
              destination: guard.destination,
            }),
          );
        }
        done(result);
        resolve();
      };
      const timer = setTimeout(() => {
        finish({ code: ExportResultCode.FAILED, error: new Error("Request timed out") });
      }, guard.timeoutMs);
      timer.unref();
      try {
        exporter.export(spans, finish);
      } catch (error) {
        finish({
          code: ExportResultCode.FAILED,
          error: error instanceof Error ? error : new Error(String(error)),
        });
      }
    },
    async forceFlush() {
      await Promise.all(pending);
    },
    shutdown: () => exporter.shutdown(),
  };
}
