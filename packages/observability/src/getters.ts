import type { Meter, Tracer } from "@opentelemetry/api";
import { metrics, trace } from "@opentelemetry/api";

/**
 * Gives a tracer for spans of one's own. They go where those of the workflows go, also where it was asked for before
 * `initializeObservability` was called.
 *
 * @param name Who makes the spans: a package or a module.
 * @example
 * ```ts
 * import { getTracer } from "@tta-dev/observability";
 *
 * getTracer("billing").startActiveSpan("send-invoice", (span) => {
 *   span.end();
 * });
 * ```
 */
export function getTracer(name: string, version?: string): Tracer {
  return trace.getTracer(name, version);
}

/**
 * Gives a meter for instruments of one's own. They are on the metrics page and pushed with the others, if it was asked for
 * after `initializeObservability` was called: OpenTelemetry's metrics know no late registration.
 *
 * @param name Who measures: a package or a module.
 * @example
 * ```ts
 * import { getMeter } from "@tta-dev/observability";
 *
 * const invoices = getMeter("billing").createCounter("invoices", { unit: "{invoice}" });
 * invoices.add(1, { kind: "yearly" });
 * ```
 */
export function getMeter(name: string, version?: string): Meter {
  return metrics.getMeter(name, version);
}
