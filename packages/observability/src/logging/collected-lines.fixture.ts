import type { LogDestination } from "./destination.ts";
import { createRedactor } from "./redaction/redactor.ts";
import type { LoggingSettings } from "./start-logging.ts";

/** A destination that keeps what it is given. */
export interface CollectedLines extends LogDestination {
  /** What was written, as it was written. */
  readonly text: () => string;
  /** The lines, parsed. */
  readonly lines: () => Record<string, unknown>[];
}

export function collectLines(): CollectedLines {
  let written = "";
  return {
    write(line) {
      written += line;
    },
    flush: () => Promise.resolve(),
    flushNow() {},
    text: () => written,
    lines: () =>
      written
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** Settings under which everything from `info` on goes to `destination`, as JSON. */
export function settingsFor(destination: LogDestination): LoggingSettings {
  return {
    level: "info",
    structured: true,
    correlation: true,
    redactor: createRedactor(),
    destination,
    report: () => undefined,
  };
}
