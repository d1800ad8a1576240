import type { sendUnaryData, ServerUnaryCall } from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ProtobufTraceSerializer, JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { SinkAnswer, SinkProtocol } from "../testing/otlp-sink.fixture.ts";
import { selfSigned } from "../testing/self-signed.fixture.ts";
import { traces } from "../transport/signal.ts";
import { sendShipment } from "./send.ts";
import type { Destination, Encoding, Outcome } from "./shipment.ts";
import { startSink } from "./sink.fixture.ts";

function spans(count: number): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const tracer = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  }).getTracer("test");
  for (let index = 0; index < count; index++) tracer.startSpan("x".repeat(100)).end();
  return exporter.getFinishedSpans();
}

interface What {
  readonly count?: number;
  readonly encoding?: Encoding;
  readonly timeoutMs?: number;
  readonly inBackground?: boolean;
}

function send(
  destination: Partial<Destination> & { url: string },
  { count = 1, encoding = "protobuf", timeoutMs = 5000, inBackground = false }: What = {},
): Promise<Outcome> {
  const serializer = encoding === "json" ? JsonTraceSerializer : ProtobufTraceSerializer;
  const body = serializer.serializeRequest(spans(count))!;
  const shipment = {
    destination: { protocol: "http/protobuf" as const, headers: {}, ...destination },
    parcel: { signal: "traces" as const, encoding, body },
  };
  return new Promise((resolve) => {
    sendShipment(shipment, { timeoutMs, inBackground }, resolve);
  });
}

const pathOf = (protocol: SinkProtocol): string => (protocol === "grpc" ? "" : "/v1/traces");

describe.each<SinkProtocol>(["http/protobuf", "http/json", "grpc"])("over %s", (protocol) => {
  test("spans arrive, with the headers", async () => {
    const sink = await startSink(protocol);
    const encoding = protocol === "http/json" ? "json" : "protobuf";
    const headers = { authorization: "Bearer token" };
    const url = sink.url + pathOf(protocol);
    expect(await send({ protocol, url, headers }, { count: 3, encoding })).toBe("delivered");
    expect(sink.spanCounts().unique).toBe(3);
    expect(sink.requests).toMatchObject([{ headers }]);
  });

  test("also many", async () => {
    const sink = await startSink(protocol);
    const url = sink.url + pathOf(protocol);
    expect(await send({ protocol, url }, { count: 2000 })).toBe("delivered");
    expect(sink.spanCounts().unique).toBe(2000);
  });

  test.each<[SinkAnswer, Outcome]>([
    [429, "unavailable"],
    [503, "unavailable"],
    [{ status: 503, retryAfterSeconds: 3 }, "unavailable"],
    [400, "refused"],
    [401, "refused"],
    [404, "refused"],
    ["reset", "unavailable"],
    ["garbage", "unavailable"],
    [{ rejected: 1, message: "one is faulty" }, "delivered"],
  ])("the answer %j is %s", async (answer, outcome) => {
    const sink = await startSink(protocol);
    sink.behave(() => answer);
    expect(await send({ protocol, url: sink.url + pathOf(protocol) })).toBe(outcome);
  });

  test("no answer is unavailable", async () => {
    const sink = await startSink(protocol);
    sink.behave(() => "hang");
    const url = sink.url + pathOf(protocol);
    expect(await send({ protocol, url }, { timeoutMs: 50, inBackground: true })).toBe(
      "unavailable",
    );
  });

  test("nobody is unavailable", async () => {
    const sink = await startSink(protocol);
    await sink.close();
    expect(await send({ protocol, url: sink.url + pathOf(protocol) })).toBe("unavailable");
  });

  test("a header that cannot be sent is refused", async () => {
    const sink = await startSink(protocol);
    const headers = { "no header": "line\nbreak" };
    expect(await send({ protocol, url: sink.url, headers })).toBe("refused");
  });
});

describe.each<SinkProtocol>(["http/protobuf", "grpc"])("over %s with TLS", (protocol) => {
  test("spans arrive where the certificate is trusted, and only there", async () => {
    const { key, cert } = selfSigned();
    const sink = await startSink(protocol, undefined, { key, cert });
    const url = sink.url + pathOf(protocol);
    expect(sink.url).toMatch(/^https:/);
    expect(await send({ protocol, url, tls: { ca: Buffer.from(cert) } })).toBe("delivered");
    expect(await send({ protocol, url })).toBe("unavailable");
    expect(sink.spanCounts().total).toBe(1);
  });
});

describe("over gRPC", () => {
  test("a server of the usual library reads the message", async () => {
    const messages: Buffer[] = [];
    const pass = (bytes: Buffer): Buffer => bytes;
    const server = new Server();
    server.addService(
      {
        Export: {
          path: traces.method,
          requestStream: false,
          responseStream: false,
          requestSerialize: pass,
          requestDeserialize: pass,
          responseSerialize: pass,
          responseDeserialize: pass,
        },
      },
      {
        Export(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) {
          messages.push(call.request);
          answer(null, Buffer.alloc(0));
        },
      },
    );
    const bind = promisify(server.bindAsync.bind(server));
    const port = await bind("127.0.0.1:0", ServerCredentials.createInsecure());
    expect(await send({ protocol: "grpc", url: `http://127.0.0.1:${port}` }, { count: 700 })).toBe(
      "delivered",
    );
    server.forceShutdown();
    expect(messages.map(({ length }) => length)).toEqual([
      ProtobufTraceSerializer.serializeRequest(spans(700))?.length,
    ]);
  });

  test("JSON is refused", async () => {
    expect(await send({ protocol: "grpc", url: "http://127.0.0.1:1" }, { encoding: "json" })).toBe(
      "refused",
    );
  });

  test("an answer that is no gRPC is refused", async () => {
    const sink = await startSink("grpc");
    sink.behave(() => "html");
    expect(await send({ protocol: "grpc", url: sink.url })).toBe("refused");
  });

  test("a server of another protocol is unavailable", async () => {
    const sink = await startSink("http/protobuf");
    expect(await send({ protocol: "grpc", url: sink.url })).toBe("unavailable");
  });

  test("the scheme may be gRPC's own", async () => {
    const sink = await startSink("grpc");
    const url = `grpc://127.0.0.1:${sink.port}`;
    expect(await send({ protocol: "grpc", url })).toBe("delivered");
  });
});

test("an address that is none is refused", async () => {
  expect(await send({ url: "http://" })).toBe("refused");
});
