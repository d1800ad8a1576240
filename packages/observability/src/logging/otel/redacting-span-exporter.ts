import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";

/** Wraps an exporter: it gets spans without secrets and content. The work is done batch by batch, not where spans end. */
export function redactingExporter(
  exporter: SpanExporter,
  redact: (span: ReadableSpan) => ReadableSpan,
): Required<SpanExporter> {
  return {
    export(spans, done) {
      exporter.export(spans.map(redact), done);
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Wraps a processor that shows spans itself, such as the console's: its `onEnd` gets spans without secrets and content. */
export function redactingProcessor(
  processor: SpanProcessor,
  redact: (span: ReadableSpan) => ReadableSpan,
): SpanProcessor {
  return {
    onStart() {},
    onEnd(span) {
      processor.onEnd(redact(span));
    },
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}
