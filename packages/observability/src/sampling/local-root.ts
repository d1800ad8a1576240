import type { SpanContext } from "@opentelemetry/api";

/** Whether a span is the first of its trace in this process. */
export function isLocalRoot(span: { readonly parentSpanContext?: SpanContext }): boolean {
  return span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true;
}
