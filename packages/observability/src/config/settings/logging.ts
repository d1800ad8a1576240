import type { Definition, DefinitionWithDefault } from "../definition.ts";
import { flag, oneOf } from "../kind.ts";

/** The levels a log line may have, and `silent` for none. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** What is logged, and how. */
export const logging = {
  logLevel: {
    option: "logLevel",
    kind: oneOf(logLevels, { warning: "warn", critical: "fatal" }),
    variables: ["LOG_LEVEL"],
    fallback: "info",
  } satisfies DefinitionWithDefault<LogLevel>,
  structuredLogging: {
    option: "structuredLogging",
    kind: flag,
    variables: [],
  } satisfies Definition<boolean>,
  logCorrelation: {
    option: "logCorrelation",
    kind: flag,
    variables: ["TTA_LOG_CORRELATION"],
    fallback: true,
  } satisfies DefinitionWithDefault<boolean>,
};
