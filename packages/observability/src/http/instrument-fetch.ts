import type { TracerProvider } from "@opentelemetry/api";
import { propagation } from "@opentelemetry/api";
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
    requestHook(span, { path, origin, headers }) {
      dropContextHeaders(headers);
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

/**
 * Takes out what carries the context already, such as `context.toHeaders()` gave it: what is written now is of the client
 * span, and a header that is there twice is none. undici keeps names and values in turn.
 */
function dropContextHeaders(headers: string | (string | string[])[]): void {
  if (!Array.isArray(headers)) return;
  const fields = propagation.fields();
  for (let index = headers.length - 2; index >= 0; index -= 2)
    if (fields.includes(String(headers[index]).toLowerCase())) headers.splice(index, 2);
}
