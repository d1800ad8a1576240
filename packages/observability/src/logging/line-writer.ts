import { pino } from "pino";
import type { LogDestination } from "./destination.ts";
import type { LineTaker } from "./log-entry.ts";

/** Makes what turns lines into JSON, one object a line, and hands the text on. */
export function createLineWriter(destination: Pick<LogDestination, "write">): LineTaker {
  let writtenMs = Number.NaN;
  let timestamp = "";
  const writer = pino(
    {
      level: "trace",
      base: null,
      // First on the line, which pino begins with what `formatters.level` returns: nothing.
      timestamp: () => timestamp,
      formatters: {
        level: () => ({}),
        // The line is handed in inside of an object, because pino would take one with `method`, `headers` and `socket` for a request.
        log: ({ line }) => line as Record<string, unknown>,
      },
    },
    destination,
  );
  return (line, timestampMs) => {
    if (timestampMs !== writtenMs) {
      timestamp = `"timestamp":"${isoTime(timestampMs)}"`;
      writtenMs = timestampMs;
    }
    writer[line.level]({ line });
  };
}

function isoTime(epochMs: number): string {
  const time = new Date(epochMs);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString();
}
