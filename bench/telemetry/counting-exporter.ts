import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";

/** An exporter that counts spans and drops them, or keeps them while it is told to. */
export interface CountingExporter extends SpanExporter {
  /** Spans exported so far. */
  readonly exported: number;
  /** Starts to keep spans. */
  keep(): void;
  /** Gives the spans kept since `keep()` and drops from now on. */
  take(): readonly ReadableSpan[];
}

/** Makes the exporter that every measured SDK exports to. */
export function createCountingExporter(): CountingExporter {
  let exported = 0;
  let kept: ReadableSpan[] | undefined;
  return {
    get exported() {
      return exported;
    },
    keep() {
      kept = [];
    },
    take() {
      const spans = kept ?? [];
      kept = undefined;
      return spans;
    },
    export(spans, done) {
      exported += spans.length;
      kept?.push(...spans);
      done({ code: 0 });
    },
    async shutdown() {},
  };
}
