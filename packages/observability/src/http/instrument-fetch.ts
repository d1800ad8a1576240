import type { TracerProvider } from "@opentelemetry/api";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";

/**
 * Has outgoing `fetch` and undici calls carry the trace context, each with a client span below the span that is active.
 * A call outside of any trace gets none: it would be a trace of its own.
 *
 * @returns a function that ends it
 */
export function instrumentFetch(provider: TracerProvider): () => void {
  const instrumentation = new UndiciInstrumentation({
    requireParentforSpans: true,
    // What stands behind "?" may be a key.
    requestHook(span, { path, origin }) {
      if (!path.includes("?")) return;
      span.setAttribute("url.query", "REDACTED");
      span.setAttribute("url.full", `${origin}${path.replace(/\?.*$/s, "?REDACTED")}`);
    },
  });
  instrumentation.setTracerProvider(provider);
  return () => {
    instrumentation.disable();
  };
}
