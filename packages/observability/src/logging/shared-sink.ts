import { slot } from "@tta-dev/primitives";
import { logging } from "../config/settings/logging.ts";
import type { DestinationOptions, LogDestination } from "./destination.ts";
import { createLineWriter } from "./line-writer.ts";
import { prettyLines } from "./pretty-lines.ts";
import { createRedactor } from "./redaction/redactor.ts";
import type { LogSink } from "./sink.ts";
import { createSink } from "./sink.ts";
import { standardOutput } from "./standard-output.ts";

/** What the copies of this package in one process share, in the slot of the primitives. */
interface SharedLogging {
  /** What `replaceSink` was given and not taken back; the last one holds. */
  logSinks?: readonly Replacement[] | undefined;
  /** Where nothing replaces it. */
  defaultLogSink?: LogSink | undefined;
  logDestination?: LogDestination | undefined;
  logErrorDestination?: LogDestination | undefined;
}

interface Replacement {
  readonly sink: LogSink;
  readonly lost: DestinationOptions["lost"];
}

/** Where loggers write: as `initializeObservability` says, else as the environment does. */
export function currentSink(): LogSink {
  const shared = slot() as SharedLogging;
  return shared.logSinks?.at(-1)?.sink ?? (shared.defaultLogSink ??= defaultSink());
}

/**
 * Has loggers write somewhere else.
 *
 * @param lost Hears of lines that nobody will see.
 * @returns a function that takes it back
 */
export function replaceSink(sink: LogSink, lost: DestinationOptions["lost"]): () => void {
  const shared = slot() as SharedLogging;
  const replacement = { sink, lost };
  shared.logSinks = [...(shared.logSinks ?? []), replacement];
  return () => {
    shared.logSinks = shared.logSinks?.filter((one) => one !== replacement);
  };
}

/** Where lines go. */
export type LogStream = "stdout" | "stderr";

/** Standard output or standard error, once in a process: what waits in it keeps its order whatever the settings. */
export function sharedDestination(to: LogStream = "stdout"): LogDestination {
  const shared = slot() as SharedLogging;
  const lost: DestinationOptions["lost"] = (lines, reason) => {
    slot().registry.counter("telemetry.dropped").bind({ reason }).add(lines);
    shared.logSinks?.at(-1)?.lost(lines, reason);
  };
  return to === "stdout"
    ? (shared.logDestination ??= standardOutput(lost))
    : (shared.logErrorDestination ??= standardOutput(lost, process.stderr));
}

/** Whether lines are for a person: in development, at a terminal. */
export function isWatched(environment: string | undefined): boolean {
  return (environment ?? "development") === "development" && process.stdout.isTTY;
}

function defaultSink(): LogSink {
  const { ENVIRONMENT, NODE_ENV, LOG_LEVEL, TTA_LOG_CORRELATION } = process.env;
  const destination = sharedDestination();
  const isPretty = isWatched(ENVIRONMENT || NODE_ENV || undefined);
  return createSink({
    level: logging.logLevel.kind.parse(LOG_LEVEL?.trim() ?? "") ?? logging.logLevel.fallback,
    correlation: logging.logCorrelation.kind.parse(TTA_LOG_CORRELATION ?? "") ?? true,
    redactor: createRedactor(),
    takers: [
      createLineWriter(isPretty ? prettyLines(destination, { colors: hasColors() }) : destination),
    ],
    now: Date.now,
  });
}

/** Whether a stream shows colours: a terminal that has them, unless NO_COLOR says no. */
export function hasColors(to: LogStream = "stdout"): boolean {
  return process[to].isTTY && process[to].hasColors();
}
