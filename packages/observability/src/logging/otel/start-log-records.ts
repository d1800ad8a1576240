import type { LoggerProvider as AnyLoggerProvider } from "@opentelemetry/api";
import { logs } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import { LoggerProvider } from "@opentelemetry/sdk-logs";

/** Log records on their way. */
export interface RunningLogRecords {
  /** Takes the records of the loggers. */
  readonly provider: Pick<AnyLoggerProvider, "getLogger">;
  /** Takes the registration back, at once. */
  readonly release: () => void;
  readonly forceFlush: () => Promise<void>;
  readonly shutdown: () => Promise<void>;
}

/**
 * Sets up what makes log records, for our loggers and for those of OpenTelemetry's API, unless the application has set
 * up its own: then our lines go there as well.
 */
export function startLogRecords(options: {
  readonly resource: Resource;
  readonly processors: readonly LogRecordProcessor[];
  /** True where the application has an SDK of its own, to which it attaches the processors. */
  readonly existingSdk: boolean;
  /** Is told of each record that went to the application's SDK. */
  readonly emitted?: () => void;
}): RunningLogRecords {
  const nothing = (): Promise<void> => Promise.resolve();
  if (options.existingSdk) {
    const provider = tellingProvider(options.emitted ?? (() => undefined));
    return { provider, release() {}, forceFlush: nothing, shutdown: nothing };
  }

  const provider = new LoggerProvider({
    resource: options.resource,
    processors: [...options.processors],
  });
  const isRegistered = !hasLoggerProvider() && logs.setGlobalLoggerProvider(provider);
  return {
    provider,
    release() {
      if (isRegistered && logs.getLoggerProvider() === provider) logs.disable();
    },
    forceFlush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
  };
}

/** The application's provider, whichever it is by then, and whoever wants to know of each record. */
function tellingProvider(emitted: () => void): RunningLogRecords["provider"] {
  return {
    getLogger(...names) {
      const logger = logs.getLogger(...names);
      return {
        emit(record) {
          logger.emit(record);
          emitted();
        },
        enabled: (given) => logger.enabled(given),
      };
    },
  };
}

/**
 * Whether somebody has registered a logger provider: without one, the API hands out a proxy. Asked, because registering a
 * second time is an error in the log.
 */
export function hasLoggerProvider(): boolean {
  return logs.getLoggerProvider().constructor.name !== "ProxyLoggerProvider";
}
