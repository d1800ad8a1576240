import type { Definition, DefinitionWithDefault } from "../definition.ts";
import { httpUrl, listOf, milliseconds, oneOf } from "../kind.ts";

/** What is sent. */
export type Signal = "traces" | "metrics" | "logs";
export const signals: readonly Signal[] = ["traces", "metrics", "logs"];

/** How it is sent. */
export type OtlpProtocol = "http/protobuf" | "http/json" | "grpc";
export type Compression = "none" | "gzip";

const protocols = oneOf<OtlpProtocol>(["http/protobuf", "http/json", "grpc"]);
const compressions = oneOf<Compression>(["none", "gzip"]);

/** The settings of one signal: a variable with its name in it wins over the one for all. */
export interface OtlpSettings {
  /** The option and the variable for all signals: a base URL. */
  readonly base: Definition<string>;
  /** The variable of this signal: a whole URL. */
  readonly whole: string;
  readonly headers: readonly [particular: string, general: string];
  readonly protocol: Definition<OtlpProtocol>;
  readonly compression: DefinitionWithDefault<Compression>;
  readonly timeout: DefinitionWithDefault<number>;
}

/** Names the options and variables of a signal (OpenTelemetry, "OTLP Exporter", "Configuration Options"). */
export function otlp(signal: Signal): OtlpSettings {
  const variable = (what: string): string => `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`;
  return {
    base: { option: "otlpEndpoint", kind: httpUrl, variables: ["OTEL_EXPORTER_OTLP_ENDPOINT"] },
    whole: variable("ENDPOINT"),
    headers: [variable("HEADERS"), "OTEL_EXPORTER_OTLP_HEADERS"],
    protocol: {
      option: "otlpProtocol",
      kind: protocols,
      variables: [variable("PROTOCOL"), "OTEL_EXPORTER_OTLP_PROTOCOL"],
    },
    compression: {
      option: "otlpCompression",
      kind: compressions,
      variables: [variable("COMPRESSION"), "OTEL_EXPORTER_OTLP_COMPRESSION"],
      fallback: "none",
    },
    timeout: {
      option: "exportTimeoutMs",
      kind: milliseconds,
      variables: [
        variable("TIMEOUT"),
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        ...(signal === "traces" ? ["OTEL_BSP_EXPORT_TIMEOUT"] : []),
        ...(signal === "metrics" ? ["OTEL_METRIC_EXPORT_TIMEOUT"] : []),
        ...(signal === "logs" ? ["OTEL_BLRP_EXPORT_TIMEOUT"] : []),
      ],
      fallback: 10_000,
    },
  };
}

/** What is pushed to the collector, where the variables OTEL_SIGNAL_EXPORTER are not to say. */
export const otlpSignals: Definition<readonly Signal[]> = {
  option: "otlpSignals",
  kind: listOf(signals),
  variables: [],
};
