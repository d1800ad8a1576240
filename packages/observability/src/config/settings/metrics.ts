import type { DefinitionWithDefault } from "../definition.ts";
import { flag, milliseconds, oneOf } from "../kind.ts";

const temporalities = oneOf(["cumulative", "delta", "lowmemory"]);
const histograms = oneOf(["explicit_bucket_histogram", "base2_exponential_bucket_histogram"]);

/** How metrics are pushed over OTLP. */
export const metrics = {
  metricExportIntervalMs: {
    option: "metricExportIntervalMs",
    kind: milliseconds,
    variables: ["OTEL_METRIC_EXPORT_INTERVAL"],
    fallback: 60_000,
  } satisfies DefinitionWithDefault<number>,
  metricTemporality: {
    option: "metricTemporality",
    kind: temporalities,
    variables: ["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"],
    fallback: "cumulative",
  } satisfies DefinitionWithDefault<"cumulative" | "delta" | "lowmemory">,
  metricHistograms: {
    option: "metricHistograms",
    kind: histograms,
    variables: ["OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION"],
    fallback: "explicit_bucket_histogram",
  } satisfies DefinitionWithDefault<
    "explicit_bucket_histogram" | "base2_exponential_bucket_histogram"
  >,
  genAiMetrics: {
    option: "genAiMetrics",
    kind: flag,
    variables: [],
    fallback: false,
  } satisfies DefinitionWithDefault<boolean>,
};
