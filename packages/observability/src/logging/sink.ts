import { slot } from "@tta-dev/primitives";
import type { LogLevel } from "../config/settings/logging.ts";
import { composeLine } from "./compose-line.ts";
import type { LogEntry, LineTaker } from "./log-entry.ts";
import { weights } from "./levels.ts";
import type { Redactor } from "./redaction/redactor.ts";

/** Where the loggers of the process write. */
export interface LogSink {
  /** Entries below this weight are not written. */
  readonly least: number;
  /** Writes an entry. Never throws. */
  readonly write: (entry: LogEntry) => void;
}

export interface SinkOptions {
  readonly level: LogLevel;
  /** Whether lines carry trace and run. */
  readonly correlation: boolean;
  readonly redactor: Redactor;
  /** Each gets every line. */
  readonly takers: readonly LineTaker[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A getter that logs, of an object that is being logged, and so on: past this, lines are dropped. */
const DEEPEST = 4;

/** Makes a sink. */
export function createSink(options: SinkOptions): LogSink {
  const { level, takers, now } = options;
  let depth = 0;
  return {
    least: weights[level],
    write(entry) {
      if (depth >= DEEPEST) return;
      depth += 1;
      try {
        const line = composeLine(entry, options);
        for (const take of takers) take(line, entry.timestampMs ?? now());
      } catch {
        // Whatever is wrong with logging, it is not the caller's business; but it is counted.
        slot().registry.counter("telemetry.dropped").bind({ reason: "log_failed" }).add(1);
      } finally {
        depth -= 1;
      }
    },
  };
}
