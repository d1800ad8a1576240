import type { LoggerProvider } from "@opentelemetry/api";
import type { LogLevel } from "../config/settings/logging.ts";
import type { LogDestination } from "./destination.ts";
import { createLineWriter } from "./line-writer.ts";
import { createRecordEmitter } from "./otel/log-records.ts";
import type { Report } from "../problem.ts";
import { prettyLines } from "./pretty-lines.ts";
import { logPrimitiveEvents } from "./primitive-events.ts";
import type { Redactor } from "./redaction/redactor.ts";
import type { LogStream } from "./shared-sink.ts";
import { hasColors, replaceSink, sharedDestination } from "./shared-sink.ts";
import { createSink } from "./sink.ts";

/** How the process logs. */
export interface LoggingSettings {
  readonly level: LogLevel;
  /** Level below which events of the primitives are not written. @default `level` */
  readonly eventsLevel?: LogLevel;
  /** JSON; else for a person to read, in colours where standard output has them. */
  readonly structured: boolean;
  readonly correlation: boolean;
  readonly redactor: Redactor;
  /** Gets a log record for each line, too. */
  readonly records?: Pick<LoggerProvider, "getLogger"> | undefined;
  /** Which of the process's streams gets the lines. @default "stdout" */
  readonly to?: LogStream;
  /** @default the stream */
  readonly destination?: LogDestination;
  readonly report: Report;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Logging that has been started. */
export interface RunningLogging {
  /** Has loggers write as before, at once, and no longer writes events of the primitives. */
  readonly release: () => void;
  /** Resolves when every line so far is written. */
  readonly forceFlush: () => Promise<void>;
  /** Writes every line so far before it returns; for an end that runs no exit handlers, such as by a signal. */
  readonly flushNow: () => void;
}

/** Has every logger of the process write by these settings, and writes the events of the primitives. */
export function startLogging(settings: LoggingSettings): RunningLogging {
  const { level, structured, correlation, redactor, records, report } = settings;
  const destination = settings.destination ?? sharedDestination(settings.to);
  const lines = structured
    ? destination
    : prettyLines(destination, { colors: hasColors(settings.to) });
  const restore = replaceSink(
    createSink({
      level,
      correlation,
      redactor,
      takers: [
        createLineWriter(lines),
        ...(records === undefined ? [] : [createRecordEmitter(records)]),
      ],
      now: settings.now ?? Date.now,
    }),
    (_lines, why) => {
      report({
        code: "logs_dropped",
        message: `log lines are lost: ${why === "log_buffer_full" ? "whoever reads standard output has stood still, and too many wait" : "standard output cannot be written to"}`,
        subject: why,
      });
    },
  );
  const stopEvents = logPrimitiveEvents(settings.eventsLevel ?? level);
  return {
    release() {
      stopEvents();
      restore();
    },
    forceFlush: destination.flush,
    flushNow: destination.flushNow,
  };
}
