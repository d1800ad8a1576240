import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bytesAt } from "./protobuf.ts";

/** A span as it was sent to a collector. Ids are hexadecimal. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** "" on a root. */
  readonly parentSpanId: string;
  readonly name: string;
  /** The attributes that are strings. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A log record as it was sent. */
export interface SentLog {
  readonly traceId: string;
  /** The attributes that are strings. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A collector on loopback that keeps what it gets. */
export interface OtlpSink {
  readonly url: string;
  readonly spans: () => readonly SentSpan[];
  readonly logs: () => readonly SentLog[];
  /** Names, each once. */
  readonly metrics: () => readonly string[];
  readonly close: () => void;
}

type Signal = "traces" | "metrics" | "logs";

/**
 * Starts a collector that takes OTLP/HTTP in protobuf.
 *
 * @param signals what it takes; of the rest it knows nothing
 */
export async function startOtlpSink(
  signals: readonly Signal[] = ["traces", "metrics", "logs"],
): Promise<OtlpSink> {
  const taken: Readonly<Record<Signal, Buffer[]>> = { traces: [], metrics: [], logs: [] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const signal = signals.find((one) => request.url === `/v1/${one}`);
      if (signal !== undefined) taken[signal].push(Buffer.concat(chunks));
      response.writeHead(signal === undefined ? 404 : 200).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => taken.traces.flatMap(recordsIn).map(spanOf),
    logs: () => taken.logs.flatMap(recordsIn).map(logOf),
    metrics: () => [
      ...new Set(taken.metrics.flatMap(recordsIn).map((metric) => readText(metric, 1))),
    ],
    close: () => server.close(),
  };
}

/** A request has resources in field 1, these have scopes in 2, and these have spans, metrics or log records in 2. */
function recordsIn(request: Buffer): readonly Buffer[] {
  return bytesAt(request, 1)
    .flatMap((resource) => bytesAt(resource, 2))
    .flatMap((scope) => bytesAt(scope, 2));
}

/** Fields of a span: trace_id 1, span_id 2, parent_span_id 4, name 5, attributes 9. */
function spanOf(span: Buffer): SentSpan {
  return {
    traceId: readText(span, 1, "hex"),
    spanId: readText(span, 2, "hex"),
    parentSpanId: readText(span, 4, "hex"),
    name: readText(span, 5),
    attributes: Object.fromEntries(bytesAt(span, 9).map(readAttribute)),
  };
}

/** Fields of a log record: attributes 6, trace_id 9. */
function logOf(record: Buffer): SentLog {
  return {
    traceId: readText(record, 9, "hex"),
    attributes: Object.fromEntries(bytesAt(record, 6).map(readAttribute)),
  };
}

/** Of a KeyValue: key 1, value 2; of a value: string_value 1. */
function readAttribute(keyValue: Buffer): readonly [string, string] {
  const value = bytesAt(keyValue, 2)[0];
  return [readText(keyValue, 1), value === undefined ? "" : readText(value, 1)];
}

function readText(message: Buffer, field: number, encoding: "utf8" | "hex" = "utf8"): string {
  return bytesAt(message, field)[0]?.toString(encoding) ?? "";
}
