import { relative, sep } from "node:path";
import { initializeObservability } from "@tta-dev/observability";
import type { Observability, ObservabilityOptions } from "@tta-dev/observability";
import { deskComponents } from "./components.ts";
import type { Desk } from "./desk.ts";
import type { DemoOptions } from "./options.ts";

/**
 * Starts to record, judge and deliver what the desk does: metrics to a page; traces, metrics and logs to a collector if
 * there is one; and how mature the agents are.
 *
 * @param processor sees every span as well
 */
export function startObservability(
  { port, otlp, state, logs }: DemoOptions,
  desk: Desk,
  processor: NonNullable<ObservabilityOptions["spanProcessors"]>[number],
): Observability {
  const folder = relative(process.cwd(), import.meta.dirname).replaceAll(sep, "/");
  return initializeObservability({
    serviceName: "support-desk",
    prometheus: { port },
    ...(otlp !== undefined && { otlpEndpoint: otlp }),
    components: deskComponents(desk, folder),
    componentState: state,
    // At "info" the collector gets its logs whether or not anybody wants to read them here.
    logLevel: logs ?? "info",
    // JSON, also where nobody reads it: the screen knows log lines by it. At a terminal a person does.
    structuredLogging: logs === undefined || !process.stderr.isTTY,
    spanProcessors: [processor],
    // The demo draws a trace of its own, and promises one for every run.
    consoleExporter: false,
    traceSampleRate: 1,
    // Room for bursts at high speed: a run has about 40 spans.
    maxQueueSize: 100_000,
    exportIntervalMs: 1_000,
    metricExportIntervalMs: 5_000,
    exportTimeoutMs: 5_000,
    shutdownTimeoutMs: 10_000,
  });
}
