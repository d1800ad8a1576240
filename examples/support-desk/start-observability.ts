import { initializeObservability } from "@tta-dev/observability";
import type { Observability, ObservabilityOptions } from "@tta-dev/observability";
import type { DemoOptions } from "./options.ts";

/**
 * Starts to record and deliver what the desk does: metrics to a page, traces to a collector if there is one.
 *
 * @param processor sees every span as well
 */
export function startObservability(
  { port, otlp }: DemoOptions,
  processor: NonNullable<ObservabilityOptions["spanProcessors"]>[number],
): Observability {
  return initializeObservability({
    serviceName: "support-desk",
    prometheus: { port },
    ...(otlp !== undefined && { otlpEndpoint: otlp }),
    spanProcessors: [processor],
    // The demo draws a trace of its own, and promises one for every run.
    consoleExporter: false,
    traceSampleRate: 1,
    // Room for bursts at high speed: a run has about 40 spans.
    maxQueueSize: 100_000,
    exportIntervalMs: 1_000,
    exportTimeoutMs: 5_000,
    shutdownTimeoutMs: 10_000,
  });
}
