import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { ResolvedConfig } from "./config/config.ts";
import type { ConsoleOutput } from "./console/console-processor.ts";
import { createConsoleProcessor } from "./console/console-processor.ts";
import type { Report } from "./problem.ts";
import { formatExposition } from "./prometheus/exposition.ts";
import type { MetricsServer } from "./prometheus/server.ts";
import { startMetricsServer } from "./prometheus/server.ts";
import { buildResource, knownAttributes } from "./resource.ts";
import type { SharedSlot } from "./shared-slot.ts";
import { registerPropagation } from "./tracing/propagation.ts";
import type { RunningTracing } from "./tracing/start.ts";
import { startTracing } from "./tracing/start.ts";

/** What the parts are started with. */
export interface PartsOptions {
  readonly resolved: ResolvedConfig;
  readonly processors: readonly SpanProcessor[];
  readonly terminal: ConsoleOutput | undefined;
  readonly shared: SharedSlot;
  readonly report: Report;
}

/** Everything that one call has started, as one. */
export interface Parts {
  readonly ready: Promise<void>;
  readonly metricsUrl: () => string | undefined;
  /** Takes back, at once, what was put into the process: registrations and the slot's fields. */
  readonly release: () => void;
  readonly forceFlush: () => Promise<unknown>;
  readonly shutdown: () => Promise<unknown>;
  /** Breaks off what `shutdown` is still waiting for, as far as it can be. */
  readonly abandon: () => void;
}

/** Starts what the configuration asks for. */
export function startParts(options: PartsOptions): Parts {
  const { config } = options.resolved;
  if (config.disabled.value) {
    // OTEL_SDK_DISABLED leaves propagation alone: a service in the middle must not break the traces of others.
    return joined(undefined, undefined, registerPropagation(config.propagators.value));
  }
  const { shared } = options;
  const before = { spans: shared.spans, unsampledIsFinal: shared.unsampledIsFinal };
  const tracing = beginTracing(options);
  shared.spans = config.spans.value;
  shared.unsampledIsFinal = tracing !== undefined && config.parentBased.value;
  return joined(tracing, beginMetrics(options), () => {
    Object.assign(shared, before);
    tracing?.unregister();
  });
}

function joined(
  tracing: RunningTracing | undefined,
  metrics: MetricsServer | undefined,
  release: () => void,
): Parts {
  return {
    ready: metrics?.ready ?? Promise.resolve(),
    metricsUrl: () => metrics?.url(),
    release,
    forceFlush: () => Promise.resolve(tracing?.forceFlush()),
    shutdown: () => Promise.allSettled([tracing?.shutdown(), metrics?.stop()]),
    abandon: () => {
      metrics?.abandon();
    },
  };
}

function beginTracing(options: PartsOptions): RunningTracing | undefined {
  const { resolved, processors, terminal, shared, report } = options;
  const dropped = shared.registry.counter("telemetry.dropped");
  return startTracing({
    config: resolved.config,
    collector: resolved.collectors.traces,
    resource: buildResource(resolved),
    processors,
    console: terminal && createConsoleProcessor(terminal),
    lost(spans, reason) {
      dropped.bind({ reason }).add(spans);
    },
    report,
  });
}

function beginMetrics({ resolved, shared, report }: PartsOptions): MetricsServer | undefined {
  const { enabled, host, port, endpoint } = resolved.config.prometheus;
  if (!enabled.value) return undefined;
  const target = knownAttributes(buildResource(resolved));
  return startMetricsServer({
    host: host.value,
    port: port.value,
    endpoint: endpoint.value,
    render: () => formatExposition(shared.registry.snapshot(), target()),
    report,
  });
}
