import { context, trace } from "@opentelemetry/api";
import { slot } from "@tta-dev/primitives";
import { once } from "node:events";
import type { IncomingHttpHeaders, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ObservabilityOptions } from "../config/options.ts";
import { initializeObservability } from "../initialize.ts";
import type { Observability } from "../observability.ts";

const sinks: Server[] = [];
let observability: Observability | undefined;
const rejections: unknown[] = [];
const noteRejection = (reason: unknown): void => void rejections.push(reason);

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith("OTEL_")) vi.stubEnv(name, undefined);
  Reflect.deleteProperty(globalThis, Symbol.for("tta.dev/1"));
  process.on("unhandledRejection", noteRejection);
});

afterEach(async () => {
  for (const sink of sinks.splice(0)) {
    sink.closeAllConnections();
    sink.close();
  }
  await observability?.shutdown();
  await new Promise(setImmediate);
  process.off("unhandledRejection", noteRejection);
  vi.unstubAllEnvs();
  if (rejections.length > 0) throw new Error(`nobody took ${String(rejections.splice(0))}`);
});

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Sink {
  readonly url: string;
  readonly received: Received[];
  /** What to answer from now on. */
  answer: { status: number; headers?: Record<string, string>; body?: string } | "nothing";
}

/** A collector on loopback. */
async function startSink(answer: Sink["answer"] = { status: 200 }): Promise<Sink> {
  const sink: Sink = { url: "", received: [], answer };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      sink.received.push({
        path: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks),
      });
      if (sink.answer !== "nothing")
        response.writeHead(sink.answer.status, sink.answer.headers).end(sink.answer.body);
    });
  }).listen(0, "127.0.0.1");
  sinks.push(server);
  await once(server, "listening");
  return Object.assign(sink, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** The fields of a protobuf message: numbers for varints, buffers for the rest. */
function decode(message: Buffer): Map<number, (number | Buffer)[]> {
  const fields = new Map<number, (number | Buffer)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
  };
  const bytes = (length: number): Buffer => message.subarray(at, (at += length));
  while (at < message.length) {
    const tag = varint();
    const kind = tag & 7;
    const value = kind === 0 ? varint() : bytes(kind === 1 ? 8 : kind === 5 ? 4 : varint());
    fields.set(tag >>> 3, [...(fields.get(tag >>> 3) ?? []), value]);
  }
  return fields;
}

function within(message: Buffer, ...path: readonly number[]): Buffer[] {
  return path.reduce(
    (messages, field) => messages.flatMap((each) => (decode(each).get(field) ?? []) as Buffer[]),
    [message],
  );
}

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
}

/** ExportTraceServiceRequest.resource_spans(1).scope_spans(2).spans(2): trace_id 1, span_id 2, parent_span_id 4, name 5. */
function spansOf({ received }: Sink): SentSpan[] {
  return received
    .flatMap(({ body }) => within(body, 1, 2, 2))
    .map((span) => {
      const text = (field: number, encoding: BufferEncoding): string =>
        within(span, field)[0]?.toString(encoding) ?? "";
      return {
        traceId: text(1, "hex"),
        spanId: text(2, "hex"),
        parentId: text(4, "hex"),
        name: text(5, "utf8"),
      };
    });
}

/** Resource attributes: resource_spans(1).resource(1).attributes(1), each key 1, value 2 with string_value 1. */
function resourceOf({ received }: Sink): Record<string, string> {
  const attributes = within(received[0]?.body ?? Buffer.alloc(0), 1, 1, 1);
  return Object.fromEntries(
    attributes.map((each) => [
      within(each, 1)[0]?.toString() ?? "",
      within(each, 2, 1)[0]?.toString() ?? "",
    ]),
  );
}

function initialize(options: ObservabilityOptions): Observability {
  observability = initializeObservability({
    serviceName: "desk",
    prometheus: { enabled: false },
    otlpSignals: ["traces"],
    exportTimeoutMs: 100,
    ...options,
  });
  return observability;
}

function makeSpans(count: number): void {
  for (let index = 0; index < count; index++)
    trace.getTracer("test").startSpan(`work ${index}`).end();
}

function droppedSeries(reason: string): number {
  return slot().registry.counter("telemetry.dropped").bind({ reason }).value;
}

describe("spans on their way to a collector", () => {
  test("arrive once each, as one trace, as OTLP over HTTP in protobuf", async () => {
    const sink = await startSink();
    const { forceFlush, problems } = initialize({
      otlpEndpoint: sink.url,
      otlpHeaders: { authorization: "Bearer s3cr3t" },
      serviceVersion: "1.2.3",
    });
    const tracer = trace.getTracer("test");
    const root = tracer.startSpan("root");
    context.with(trace.setSpan(context.active(), root), () => {
      tracer.startSpan("child").end();
    });
    root.end();
    await forceFlush();

    expect(
      sink.received.map(({ path, headers }) => [
        path,
        headers["content-type"],
        headers.authorization,
      ]),
    ).toEqual([["/v1/traces", "application/x-protobuf", "Bearer s3cr3t"]]);
    const { traceId, spanId } = root.spanContext();
    expect(spansOf(sink)).toEqual([
      { name: "child", traceId, spanId: expect.any(String), parentId: spanId },
      { name: "root", traceId, spanId, parentId: "" },
    ]);
    expect(resourceOf(sink)).toMatchObject({ "service.name": "desk", "service.version": "1.2.3" });
    expect(problems).toEqual([]);
  });

  test("arrive when the process shuts down, however many wait", async () => {
    const sink = await startSink();
    const { shutdown, problems } = initialize({
      otlpEndpoint: sink.url,
      maxQueueSize: 2000,
      maxExportBatchSize: 20,
    });
    makeSpans(2000);
    await shutdown();
    expect(new Set(spansOf(sink).map(({ name }) => name)).size).toBe(2000);
    expect(problems).toEqual([]);
  });

  test("go where the environment says, with its headers", async () => {
    const sink = await startSink();
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `${sink.url}/base`);
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue,x-key=environment");
    const { forceFlush, config } = initialize({ otlpHeaders: { "x-key": "option" } });
    makeSpans(1);
    await forceFlush();
    expect(sink.received).toMatchObject([
      { path: "/base/v1/traces", headers: { "x-tenant": "blue", "x-key": "option" } },
    ]);
    expect(config.otlpEndpoint.source).toBe("OTEL_EXPORTER_OTLP_ENDPOINT");
    expect(JSON.stringify(config)).not.toContain("blue");
  });

  test("a flush waits also for a batch that went off on its own", async () => {
    const sink = await startSink();
    const { forceFlush } = initialize({
      otlpEndpoint: sink.url,
      maxExportBatchSize: 5,
      exportTimeoutMs: 5000,
    });
    makeSpans(5);
    await forceFlush();
    expect(spansOf(sink)).toHaveLength(5);
  });
});

describe("a collector in trouble", () => {
  test("that is not there is one problem, however often it is tried, and the spans are lost at the end", async () => {
    const sink = await startSink();
    for (const server of sinks.splice(0)) await new Promise((resolve) => server.close(resolve));
    const { forceFlush, shutdown, problems } = initialize({ otlpEndpoint: sink.url });
    for (let round = 0; round < 3; round++) {
      makeSpans(4);
      await forceFlush();
    }
    expect(problems).toMatchObject([
      {
        code: "collector_unreachable",
        count: 3,
        message: expect.stringContaining(`${sink.url}/v1/traces`),
      },
    ]);
    expect(droppedSeries("span_export_failed")).toBe(0);
    await shutdown();
    expect(problems.at(-1)).toMatchObject({
      code: "lost_at_exit",
      message: expect.stringContaining("12 spans"),
    });
    expect(droppedSeries("span_export_failed")).toBe(12);
  });

  test.each([
    [{ status: 503 }, "collector_unavailable", "sent again later"],
    [{ status: 429, headers: { "retry-after": "120" } }, "collector_unavailable", "sent again"],
    [{ status: 401, body: "who are you, Bearer s3cr3t?" }, "collector_rejected", "lost"],
    [{ status: 404 }, "collector_rejected", "lost"],
    [{ status: 500 }, "collector_rejected", "lost"],
  ] as const)("that answers %j is a problem", async (answer, code, fate) => {
    const sink = await startSink(answer);
    const { forceFlush, problems } = initialize({
      otlpEndpoint: sink.url,
      otlpHeaders: { authorization: "Bearer s3cr3t" },
    });
    makeSpans(3);
    await forceFlush();
    expect(problems).toMatchObject([
      { code, count: 1, message: expect.stringContaining(`3 spans are ${fate}`) },
    ]);
    expect(JSON.stringify(problems)).not.toContain("s3cr3t");
  });

  test("that answers 200 with garbage has taken the spans", async () => {
    const sink = await startSink({ status: 200, body: "<html>\u0000\u00FF" });
    const { forceFlush, problems } = initialize({ otlpEndpoint: sink.url });
    makeSpans(3);
    await forceFlush();
    expect([spansOf(sink).length, problems]).toEqual([3, []]);
  });

  test("that speaks no HTTP is a problem", async () => {
    const sink = await startSink();
    sinks[0]
      ?.removeAllListeners("connection")
      .on("connection", (socket) => socket.end("SSH-2.0-nothing\r\n"));
    const { forceFlush, problems } = initialize({ otlpEndpoint: sink.url });
    makeSpans(1);
    await forceFlush();
    expect(problems).toMatchObject([
      { code: expect.stringMatching(/^(export_failed|collector_)/), count: 1 },
    ]);
  });

  test("that comes back gets also what it could not take", async () => {
    const sink = await startSink({ status: 503 });
    const { forceFlush, problems } = initialize({ otlpEndpoint: sink.url });
    makeSpans(3);
    await forceFlush();
    sink.received.length = 0;
    sink.answer = { status: 200 };
    makeSpans(2);
    await forceFlush();
    expect([spansOf(sink).length, problems.length]).toEqual([5, 1]);
  });

  test("that never answers holds up no span and no shutdown, and its memory is bounded", async () => {
    const sink = await startSink("nothing");
    const { shutdown, problems } = initialize({
      otlpEndpoint: sink.url,
      maxQueueSize: 100,
      maxExportBatchSize: 10,
      exportTimeoutMs: 1000,
      shutdownTimeoutMs: 20,
    });
    makeSpans(10_000);
    await shutdown();
    expect(problems).toMatchObject([
      {
        code: "spans_dropped",
        count: 10_000 - 100 - 10,
        message: expect.stringContaining("maxQueueSize"),
      },
      { code: "flush_timeout" },
      { code: "lost_at_exit", message: expect.stringContaining("110 spans") },
    ]);
    expect(droppedSeries("span_queue_full")).toBe(10_000 - 100 - 10);
    expect(droppedSeries("span_export_failed")).toBe(100 + 10);
  });
});
