import { parseKeyPairsIntoRecord } from "@opentelemetry/core";
import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Report } from "../problem.ts";
import { httpUrl, isRecord, withoutSecrets } from "./kind.ts";
import type { ObservabilityOptions } from "./options.ts";
import type { Setting, VariableReader } from "./setting.ts";
import { byDefault, fromOption } from "./setting.ts";

/** Where spans are sent. Holds secrets: never shown. */
export interface Collector {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The collector, and what may be shown of it. */
export interface CollectorConfig {
  readonly collector: Collector | undefined;
  readonly endpoint: Setting<string | undefined>;
  readonly headerNames: Setting<readonly string[]>;
}

const TRACES_PATH = "/v1/traces";
const GRPC_PORT = "4317";
const HEADER_VARIABLES = [
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
  "OTEL_EXPORTER_OTLP_HEADERS",
] as const;
const PROTOCOL_VARIABLES = [
  "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
  "OTEL_EXPORTER_OTLP_PROTOCOL",
] as const;

/** Finds out where to send spans. */
export function resolveCollector(
  options: ObservabilityOptions,
  read: VariableReader,
  report: Report,
): CollectorConfig {
  const headers = headersFromOption(options.otlpHeaders);
  const variables = HEADER_VARIABLES.filter((name) => headersFromVariable(name, read, report));
  const endpoint =
    mapped(fromOption("otlpEndpoint", options.otlpEndpoint, httpUrl), tracesUrl) ??
    mapped(read.setting("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", httpUrl), (url) => new URL(url)) ??
    mapped(read.setting("OTEL_EXPORTER_OTLP_ENDPOINT", httpUrl), tracesUrl);

  const names = new Set(Object.keys(headers));
  for (const name of variables) {
    for (const key of Object.keys(parseKeyPairsIntoRecord(read.text(name)))) names.add(key);
  }
  const sources = [...(Object.keys(headers).length > 0 ? ["option"] : []), ...variables];
  if (endpoint !== undefined) warnOfOtherProtocols(endpoint, read, report);
  return {
    collector: endpoint && { url: endpoint.value.href, headers },
    endpoint: mapped(endpoint, (url) => withoutSecrets(url.href)) ?? byDefault(undefined),
    headerNames:
      sources.length > 0 ? { value: [...names], source: sources.join(", ") } : byDefault([]),
  };
}

/** Appends the signal's path to a base URL (OpenTelemetry, "OTLP Exporter": "construct the URL"), unless it is there already. */
function tracesUrl(base: string): URL {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(TRACES_PATH) ? path : path + TRACES_PATH;
  return url;
}

function headersFromOption(headers: unknown): Readonly<Record<string, string>> {
  if (headers === undefined) return {};
  if (!isRecord(headers)) {
    throw new TypeError(
      "initializeObservability: otlpHeaders is not an object; expected header names with their values",
    );
  }
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // The value may be a secret: the message names the header alone.
    if (typeof value !== "string" || !isHeader(name, value)) {
      throw new TypeError(
        `initializeObservability: otlpHeaders[${JSON.stringify(name)}] cannot be sent; expected an HTTP header name and a string without control characters`,
      );
    }
    checked[name] = value;
  }
  return checked;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Whether the variable sets headers. The exporter reads the values itself. */
function headersFromVariable(name: string, read: VariableReader, report: Report): boolean {
  const pairs =
    read
      .text(name)
      ?.split(",")
      .filter((pair) => pair.trim() !== "") ?? [];
  const parsed = Object.keys(parseKeyPairsIntoRecord(pairs.join(",")));
  if (parsed.length < pairs.length) {
    report({
      code: "environment_variable",
      message: `${name}: ${pairs.length - parsed.length} of ${pairs.length} headers are ignored; expected name=value with commas between them, percent-encoded`,
      subject: name,
    });
  }
  return parsed.length > 0;
}

function warnOfOtherProtocols(endpoint: Setting<URL>, read: VariableReader, report: Report): void {
  for (const name of PROTOCOL_VARIABLES) {
    const protocol = read.text(name);
    if (protocol === undefined || protocol === "http/protobuf") continue;
    report({
      code: "protocol_unsupported",
      message: `${name} asks for ${JSON.stringify(protocol)}; spans are sent as "http/protobuf" all the same`,
      subject: name,
    });
  }
  if (endpoint.value.port === GRPC_PORT) {
    report({
      code: "protocol_unsupported",
      message: `the collector's port ${GRPC_PORT} (${endpoint.source}) is the one for gRPC; spans are sent over HTTP, whose usual port is 4318`,
      subject: "port",
    });
  }
}

function mapped<A, B>(
  setting: Setting<A> | undefined,
  change: (value: A) => B,
): Setting<B> | undefined {
  return setting && { value: change(setting.value), source: setting.source };
}
