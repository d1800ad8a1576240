import { startLogging } from "../logging/start-logging.ts";
import { createLogDelivery } from "../logging/otel/log-delivery.ts";
import { startLogRecords } from "../logging/otel/start-log-records.ts";
import type { Part } from "./part.ts";
import type { Setup } from "./setup.ts";

/** Has loggers write as the configuration says, and sends their lines where a collector is set. */
export function startLoggingPart(setup: Setup): Part {
  const { redactor } = setup.checked;
  const { events, to } = setup.options.logs ?? {};
  const { resolved, resource, shared, exit, attachment, report } = setup;
  const { config, collectors } = resolved;
  const collector = collectors.logs;
  const existingSdk = config.existingSdk.value;
  const dropped = shared.registry.counter("telemetry.dropped");
  const processors =
    collector === undefined
      ? []
      : [
          createLogDelivery({
            collector,
            redactor,
            maxBatchSize: config.maxExportBatchSize.value,
            maxQueueSize: config.maxQueueSize.value,
            intervalMs: config.exportIntervalMs.value,
            lost: (count, reason) => {
              dropped.bind({ reason }).add(count);
            },
            exit,
            report,
          }),
        ];
  if (existingSdk) attachment.offerLogs(processors);
  // Without a collector there is still an application's own provider to write to.
  const records =
    existingSdk || collector !== undefined
      ? startLogRecords({ resource, processors, existingSdk, emitted: attachment.emitted })
      : undefined;
  const logging = startLogging({
    level: config.logLevel.value,
    ...(events !== undefined && { eventsLevel: events }),
    ...(to !== undefined && { to }),
    structured: config.structuredLogging.value,
    correlation: config.logCorrelation.value,
    redactor,
    records: records?.provider,
    report,
  });
  exit.before(logging.flushNow);
  return {
    release() {
      logging.release();
      records?.release();
    },
    forceFlush: () => Promise.allSettled([logging.forceFlush(), records?.forceFlush()]),
    shutdown: () => Promise.allSettled([logging.forceFlush(), records?.shutdown()]),
  };
}
