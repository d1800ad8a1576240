import type { InstrumentSource } from "../prometheus/instruments/page-reader.ts";
import { createMetricsPage } from "../prometheus/page.ts";
import { startMetricsServer } from "../prometheus/server.ts";
import { knownAttributes } from "../resource.ts";
import type { Part } from "./part.ts";
import type { Setup } from "./setup.ts";

/** The metrics page, where there is one. */
export interface MetricsPagePart extends Part {
  readonly url: () => string | undefined;
}

/** Serves the metrics page. */
export function startMetricsPagePart(
  { options, checked, resolved, resource, shared, report }: Setup,
  given: {
    readonly instruments: InstrumentSource;
    readonly isKept: ((traceId: string) => boolean) | undefined;
  },
): MetricsPagePart {
  const { enabled, host, port, endpoint } = resolved.config.prometheus;
  if (!enabled.value) return { url: () => undefined };
  const append = options.prometheus?.append;
  const dropped = shared.registry.counter("telemetry.dropped");
  const attributes = knownAttributes(resource);
  const page = createMetricsPage({
    snapshot: () => shared.registry.snapshot(),
    resource: () => checked.redactor.attributes(attributes()),
    instruments: given.instruments,
    ...(append !== undefined && { append }),
    ...(given.isKept !== undefined && { isKept: given.isKept }),
    drop: (reason) => {
      dropped.bind({ reason }).add(1);
    },
    report,
  });
  const server = startMetricsServer({
    host: host.value,
    port: port.value,
    endpoint: endpoint.value,
    render: page.render,
    report,
  });
  return {
    url: server.url,
    ready: server.ready,
    shutdown: server.stop,
    abandon: server.abandon,
  };
}
