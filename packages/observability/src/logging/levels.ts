import type { LogLevel } from "../config/settings/logging.ts";

/** The level of a line: all but `silent`, which is none. */
export type LineLevel = Exclude<LogLevel, "silent">;

/** How weighty a level is; a line is written where its level is at least the one that is set. The numbers are pino's. */
export const weights: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
};
