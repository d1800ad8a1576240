import type { Definition, DefinitionWithDefault } from "../definition.ts";
import { flag, milliseconds, text, wholeNumber } from "../kind.ts";

const count = wholeNumber(1);

/** How spans, metrics and logs are sent. */
export const delivery = {
  batchSpanProcessor: {
    option: "batchSpanProcessor",
    kind: flag,
    variables: [],
    fallback: true,
  } satisfies DefinitionWithDefault<boolean>,
  maxQueueSize: {
    option: "maxQueueSize",
    kind: count,
    variables: ["OTEL_BSP_MAX_QUEUE_SIZE"],
    fallback: 2048,
  } satisfies DefinitionWithDefault<number>,
  maxExportBatchSize: {
    option: "maxExportBatchSize",
    kind: count,
    variables: ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"],
    fallback: 512,
  } satisfies DefinitionWithDefault<number>,
  exportIntervalMs: {
    option: "exportIntervalMs",
    kind: milliseconds,
    variables: ["OTEL_BSP_SCHEDULE_DELAY"],
    fallback: 5000,
  } satisfies DefinitionWithDefault<number>,
  exportTimeoutMs: {
    option: "exportTimeoutMs",
    kind: milliseconds,
    variables: [
      "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
      "OTEL_EXPORTER_OTLP_TIMEOUT",
      "OTEL_BSP_EXPORT_TIMEOUT",
    ],
    fallback: 10_000,
  } satisfies DefinitionWithDefault<number>,
  shutdownTimeoutMs: {
    option: "shutdownTimeoutMs",
    kind: milliseconds,
    variables: [],
    fallback: 5000,
  } satisfies DefinitionWithDefault<number>,
  exitHooks: {
    option: "exitHooks",
    kind: flag,
    variables: [],
    fallback: true,
  } satisfies DefinitionWithDefault<boolean>,
  spoolFolder: {
    option: "spoolFolder",
    kind: text,
    variables: ["TTA_SPOOL_FOLDER"],
  } satisfies Definition<string>,
};
