import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { Report } from "../problem.ts";
import type { Fate } from "./export-error.ts";
import { describeExportError } from "./export-error.ts";
import { ExportFailure } from "./export-failure.ts";
import type { Items } from "./signal.ts";

/** What the exporters of the three signals have in common. */
export interface Exporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** What the guard needs to know. */
export interface ExporterGuard<T> {
  readonly items: Items<T>;
  /** Milliseconds after which an export that has not answered counts as failed. */
  readonly timeoutMs: number;
  /** Where the exporter sends, as it may be shown. */
  readonly destination: string;
  /** Hears how many items were lost. */
  readonly lost: (count: number) => void;
  /** What becomes of items whose export failed. @default "lost" */
  readonly fate?: Fate;
  readonly report: Report;
}

/**
 * Wraps an exporter: each export ends exactly once and in bounded time, whatever the exporter does, and each failure is
 * reported. `forceFlush` waits for the exports that are under way, also those that a timer began.
 */
export function guardExporter<T>(
  exporter: Pick<Exporter<T>, "export" | "shutdown">,
  guard: ExporterGuard<T>,
): Exporter<T> {
  const pending = new Set<Promise<void>>();
  return {
    export(items, done) {
      const { promise, resolve } = Promise.withResolvers<void>();
      pending.add(promise);
      const finish = (result: ExportResult): void => {
        if (!pending.delete(promise)) return;
        clearTimeout(timer);
        if (result.code !== ExportResultCode.SUCCESS) noteFailure(result.error, items, guard);
        done(result);
        resolve();
      };
      const fail = (error: unknown): void => {
        const reason = error instanceof Error ? error : new Error(String(error));
        finish({ code: ExportResultCode.FAILED, error: reason });
      };
      const timer = setTimeout(() => {
        fail(new ExportFailure("timeout", "no answer in time"));
      }, guard.timeoutMs);
      timer.unref();
      try {
        exporter.export(items, finish);
      } catch (error) {
        fail(error);
      }
    },
    async forceFlush() {
      await Promise.all(pending);
    },
    shutdown: () => exporter.shutdown(),
  };
}

function noteFailure<T>(error: unknown, failed: T, guard: ExporterGuard<T>): void {
  const { items, destination, fate } = guard;
  const count = items.count(failed);
  guard.report(describeExportError(error, { count, items, destination, fate }));
  if (fate !== "kept") guard.lost(count);
}
