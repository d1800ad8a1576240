import { trace } from "@opentelemetry/api";
import type { Analysis } from "../analysis/analysis.ts";
import { startAnalysis } from "../analysis/analysis.ts";
import { instrumentFetch } from "../http/instrument-fetch.ts";
import { hasLoggerProvider } from "../logging/otel/start-log-records.ts";
import { hasMeterProvider } from "../metrics/meter-provider.ts";
import type { SloSurface } from "../slo/slo-surface.ts";
import { startSlos } from "../slo/start-slos.ts";
import { hasTracerProvider } from "../tracing/globals.ts";
import type { AnomalyPart } from "./anomaly-part.ts";
import { startAnomalyPart } from "./anomaly-part.ts";
import type { CollectorsPart } from "./collectors-part.ts";
import { startCollectorsPart } from "./collectors-part.ts";
import { startLoggingPart } from "./logging-part.ts";
import { startMetricsPagePart } from "./metrics-page-part.ts";
import { startMetricsPart } from "./metrics-part.ts";
import type { Part } from "./part.ts";
import { joinParts } from "./part.ts";
import type { Setup } from "./setup.ts";
import { startTracingPart } from "./tracing-part.ts";

/** Everything that one call has started, and what can be asked of it. */
export interface StartedParts extends Required<Part> {
  readonly metricsUrl: () => string | undefined;
  readonly analysis: Analysis;
  readonly slo: SloSurface;
  readonly collectors: CollectorsPart;
  readonly anomalies: AnomalyPart["active"];
  /** Tells, a last time, what depends on the clock. */
  readonly look: () => void;
}

/**
 * Starts what the configuration asks for.
 *
 * @throws TypeError or RangeError for a wrong option; then nothing was started
 */
export function startParts(setup: Setup): StartedParts {
  const { options, resolved, shared, attachment, report } = setup;
  const { config } = resolved;
  const slos = startSlos(options, {
    shared,
    now: Date.now,
    report,
    bindBurnEvents: (labels) => shared.registry.counter("slo.burn.events").bind(labels),
  });
  // An SDK that is there by now takes nothing more.
  const isBuilt = {
    traces: hasTracerProvider(),
    metrics: hasMeterProvider(),
    logs: hasLoggerProvider(),
  };
  const anomalies = startAnomalyPart(setup);
  const collectors = startCollectorsPart(setup, slos);
  const analysis = startAnalysis({ shared, slo: slos });
  const tracing = startTracingPart(setup);
  const metrics = startMetricsPart(setup);
  const page = startMetricsPagePart(setup, {
    instruments: metrics.instruments,
    isKept: tracing.isKept,
  });
  const logging = startLoggingPart(setup);
  const restoreFetch = config.instrumentFetch.value
    ? instrumentFetch(trace.getTracerProvider())
    : undefined;
  attachment.watch(isBuilt);
  const detected: Part = { ready: setup.resource.waitForAsyncAttributes?.() ?? Promise.resolve() };
  const rest: Part = {
    release() {
      restoreFetch?.();
      analysis.release();
      attachment.release();
    },
  };
  // Released in the opposite order: what listens to runs first, tracing last.
  return {
    ...joinParts([logging, tracing, metrics, page, slos, anomalies, collectors, detected, rest]),
    metricsUrl: page.url,
    analysis,
    slo: { status: slos.status, record: slos.record },
    collectors,
    anomalies: anomalies.active,
    look: slos.look,
  };
}
