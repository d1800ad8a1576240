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

/** A collector on loopback that keeps what it gets. */
export interface OtlpSink {
  readonly url: string;
  readonly spans: () => readonly SentSpan[];
  readonly close: () => void;
}

/** Starts a collector that takes traces over OTLP/HTTP in protobuf. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: SentSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const isTraces = request.method === "POST" && request.url === "/v1/traces";
      if (isTraces) spans.push(...readSpans(Buffer.concat(chunks)));
      response.writeHead(isTraces ? 200 : 404).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans: () => spans,
    close: () => server.close(),
  };
}

/**
 * Field numbers of opentelemetry/proto/collector/trace/v1: request.resource_spans 1, .scope_spans 2, .spans 2, and of a
 * span trace_id 1, span_id 2, parent_span_id 4, name 5, attributes 9.
 */
function readSpans(request: Buffer): readonly SentSpan[] {
  return bytesAt(request, 1)
    .flatMap((resourceSpans) => bytesAt(resourceSpans, 2))
    .flatMap((scopeSpans) => bytesAt(scopeSpans, 2))
    .map((span) => ({
      traceId: readText(span, 1, "hex"),
      spanId: readText(span, 2, "hex"),
      parentSpanId: readText(span, 4, "hex"),
      name: readText(span, 5),
      attributes: Object.fromEntries(bytesAt(span, 9).map(readAttribute)),
    }));
}

/** Of a KeyValue: key 1, value 2; of a value: string_value 1. */
function readAttribute(keyValue: Buffer): readonly [string, string] {
  const value = bytesAt(keyValue, 2)[0];
  return [readText(keyValue, 1), value === undefined ? "" : readText(value, 1)];
}

function readText(message: Buffer, field: number, encoding: "utf8" | "hex" = "utf8"): string {
  return bytesAt(message, field)[0]?.toString(encoding) ?? "";
}
