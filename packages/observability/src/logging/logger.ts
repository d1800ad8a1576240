import { inspect } from "node:util";
import type { LineLevel } from "./levels.ts";
import { weights } from "./levels.ts";
import { currentSink } from "./shared-sink.ts";

/** What goes onto a line besides what it has anyway. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes log lines. The event comes first, a constant in words that can be searched for; what varies is in the fields.
 * An error belongs into the field `error`. No function of it ever throws or waits, and each may be passed around.
 */
export interface Logger {
  readonly name: string;
  readonly debug: LogFunction;
  readonly info: LogFunction;
  readonly warn: LogFunction;
  readonly error: LogFunction;
  /** For what ends the program (elsewhere: critical). */
  readonly fatal: LogFunction;
  /** Makes a logger of the same name whose lines have these fields, too. */
  readonly child: (fields: LogFields) => Logger;
  /** Whether lines of this level are written; for fields that cost something to find out. */
  readonly isEnabled: (level: LineLevel) => boolean;
}

type LogFunction = (event: string, fields?: LogFields) => void;

/**
 * Returns a logger whose lines carry the trace, the span and the run they are written in.
 *
 * It may be made at any time. Before `initializeObservability` it writes by the environment (`LOG_LEVEL`), afterwards
 * as that was told.
 *
 * @param name Which part of the program writes: the field `logger`.
 * @throws TypeError when the name is no text, or an empty one
 * @example
 * ```ts
 * import { getLogger } from "@tta-dev/observability";
 *
 * const logger = getLogger("billing");
 * logger.info("invoice_sent", { invoiceId: "i-17", amountUsd: 12.5 });
 * try {
 *   throw new Error("no route", { cause: new Error("connection refused") });
 * } catch (error) {
 *   logger.error("invoice_failed", { error });
 * }
 * ```
 */
export function getLogger(name: string): Logger {
  if (typeof name !== "string" || name === "")
    throw new TypeError(
      `getLogger: name is ${inspect(name, { depth: 0, breakLength: Infinity })}; expected a non-empty string`,
    );
  return loggerWith(name, []);
}

function loggerWith(name: string, bound: readonly unknown[]): Logger {
  const at = (level: LineLevel): LogFunction => {
    const weight = weights[level];
    return (event, fields) => {
      const sink = currentSink();
      if (weight >= sink.least)
        sink.write({
          level,
          event,
          logger: name,
          fields: fields === undefined ? bound : [...bound, fields],
        });
    };
  };
  return {
    name,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    fatal: at("fatal"),
    child: (fields) => loggerWith(name, [...bound, fields]),
    isEnabled: (level) => weights[level] >= currentSink().least,
  };
}
