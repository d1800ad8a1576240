import { withoutSecrets } from "../config/kind.ts";
import { resourceRedactor } from "../logging/otel/redact-resource.ts";
import { hasMeterProvider, startMeterProvider } from "../metrics/meter-provider.ts";
import { createMetricPush } from "../metrics/metric-push.ts";
import { PageMetricReader } from "../prometheus/instruments/page-reader.ts";
import { metrics } from "../transport/signal.ts";
import type { Part } from "./part.ts";
import type { Setup } from "./setup.ts";

/** What pushes the registry, and what reads the application's instruments for the page. */
export interface MetricsPart extends Part {
  readonly instruments: PageMetricReader;
}

/**
 * Starts to push metrics where a collector is set, and takes the application's instruments in: through a meter provider
 * of ours, or, where the application has its own, through a reader that is offered to it.
 */
export function startMetricsPart(setup: Setup): MetricsPart {
  const { resolved, resource, shared, attachment, report } = setup;
  const { config, collectors } = resolved;
  const before = shared.genAiMetrics;
  shared.genAiMetrics = config.genAiMetrics.value;
  const instruments = new PageMetricReader();
  const collector = collectors.metrics;
  const lost = (count: number): void => {
    const dropped = shared.registry.counter("telemetry.dropped");
    dropped.bind({ reason: "metric_export_failed" }).add(count);
  };
  const push =
    collector &&
    createMetricPush({
      collector,
      destination: withoutSecrets(collector.url),
      resource,
      redact: resourceRedactor(setup.checked.redactor),
      registry: () => shared.registry,
      intervalMs: config.metricExportIntervalMs.value,
      temporality: config.metricTemporality.value,
      histograms: config.metricHistograms.value,
      lost,
      report,
    });
  // The registry is pushed in any case; whose instruments come with it depends on whose provider the API has.
  const isTheirs = config.existingSdk.value || hasMeterProvider();
  if (isTheirs) attachment.offerMetrics(instruments);
  if (collector !== undefined && push !== undefined)
    setup.exit.register({
      signal: "metrics",
      items: metrics.items,
      destination: collector,
      take: push.takeUnsent,
      lost,
    });
  const readers = [
    ...(push === undefined ? [] : [push.reader]),
    ...(isTheirs ? [] : [instruments]),
  ];
  const provider = startMeterProvider({ readers, resource, register: !isTheirs });
  return {
    instruments,
    release() {
      shared.genAiMetrics = before;
      provider.release();
    },
    forceFlush: provider.forceFlush,
    shutdown: provider.shutdown,
    abandon: () => push?.abandon(),
  };
}
