import type { DefinitionWithDefault } from "../definition.ts";
import { flag, text, urlPath, wholeNumber } from "../kind.ts";

/** The page that Prometheus reads. */
export const prometheus = {
  enabled: {
    option: "prometheus.enabled",
    kind: flag,
    variables: [],
    fallback: true,
  } satisfies DefinitionWithDefault<boolean>,
  host: {
    option: "prometheus.host",
    kind: text,
    variables: ["OTEL_EXPORTER_PROMETHEUS_HOST", "PROMETHEUS_HOST"],
    fallback: "127.0.0.1",
  } satisfies DefinitionWithDefault<string>,
  port: {
    option: "prometheus.port",
    kind: wholeNumber(0, 65_535),
    variables: ["OTEL_EXPORTER_PROMETHEUS_PORT", "PROMETHEUS_PORT"],
    fallback: 9464,
  } satisfies DefinitionWithDefault<number>,
  endpoint: {
    option: "prometheus.endpoint",
    kind: urlPath,
    variables: [],
    fallback: "/metrics",
  } satisfies DefinitionWithDefault<string>,
};
