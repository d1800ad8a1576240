import { afterEach, expect, test } from "vitest";
import type { OtlpSink, SinkAnswer, SinkProtocol } from "../testing/otlp-sink.fixture.ts";
import { startOtlpSink } from "../testing/otlp-sink.fixture.ts";
import { selfSigned } from "../testing/self-signed.fixture.ts";
import { createGrpcTransport } from "./grpc-transport.ts";
import { traces } from "./signal.ts";
import type { TransportOptions } from "./transport-options.ts";

const LONG_MS = 60_000;
const EMPTY = new Uint8Array();
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function listen(
  protocol: SinkProtocol = "grpc",
  tls?: { readonly key: string; readonly cert: string },
): Promise<OtlpSink> {
  const sink = await startOtlpSink({ protocol, ...(tls && { tls }) });
  closers.push(() => sink.close());
  return sink;
}

function connect(
  url: string,
  options: Partial<TransportOptions> = {},
): ReturnType<typeof createGrpcTransport> & { readonly leftOut: readonly string[] } {
  const leftOut: string[] = [];
  const transport = createGrpcTransport(
    { url, headers: {}, compression: "none", tls: undefined, ...options },
    { method: traces.method, leftOut: (header) => void leftOut.push(header) },
  );
  closers.push(() => transport.shutdown());
  return { ...transport, leftOut };
}

test("sends the message with the headers as metadata", async () => {
  const sink = await listen();
  const transport = connect(sink.url, {
    headers: { "X-Api-Key": "k", "trace-bin": Buffer.from("id").toString("base64") },
  });
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ status: "success" });
  expect(sink.requests).toMatchObject([
    {
      path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
      headers: {
        "x-api-key": "k",
        "trace-bin": Buffer.from("id").toString("base64"),
        "user-agent": expect.stringContaining("OTel-OTLP-Exporter-JavaScript"),
      },
    },
  ]);
});

test("leaves out what gRPC cannot carry, and says so without the value", async () => {
  const sink = await listen();
  const transport = connect(sink.url, { headers: { key: "sécret", "no name": "x", good: "y" } });
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ status: "success" });
  expect(transport.leftOut).toEqual(["key", "no name"]);
  expect(sink.requests[0]?.headers).toMatchObject({ good: "y" });
});

test("compresses where it is asked to", async () => {
  const sink = await listen();
  const transport = connect(sink.url, { compression: "gzip" });
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ status: "success" });
  expect(sink.requests[0]?.headers["grpc-encoding"]).toBe("gzip");
  expect(sink.faults).toEqual([]);
});

test.each(["https", "grpcs"])("speaks TLS for %s://", async (scheme) => {
  const { key, cert } = selfSigned();
  const sink = await listen("grpc", { key, cert });
  const url = `${scheme}://127.0.0.1:${sink.port}`;
  const transport = connect(url, { tls: { ca: Buffer.from(cert) } });
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ status: "success" });
  expect(await connect(url).send(EMPTY, LONG_MS)).toMatchObject({
    error: { kind: "unreachable" },
  });
});

test("takes no notice of a path", async () => {
  const sink = await listen();
  const transport = connect(`grpc://127.0.0.1:${sink.port}/v1/traces`);
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ status: "success" });
});

test.each<[SinkAnswer, string, object]>([
  ["ok", "success", {}],
  [400, "failure", { kind: "rejected", status: "INVALID_ARGUMENT" }],
  [401, "failure", { kind: "rejected", status: "UNAUTHENTICATED" }],
  [500, "failure", { kind: "rejected", status: "INTERNAL" }],
  [429, "failure", { kind: "rejected", status: "RESOURCE_EXHAUSTED" }],
  [503, "retryable", { kind: "unavailable", status: "UNAVAILABLE", message: "status UNAVAILABLE" }],
  [{ status: 429, retryAfterSeconds: 2 }, "retryable", { kind: "unavailable", retryAfterMs: 2000 }],
  [{ status: 503, retryAfterSeconds: 0.25 }, "retryable", { retryAfterMs: 250 }],
  ["reset", "retryable", { kind: "unreachable" }],
  ["garbage", "retryable", { kind: "unreachable" }],
  ["html", "failure", { kind: "garbled" }],
])("makes of the answer %j a %s", async (answer, status, error) => {
  const sink = await listen();
  sink.behave(() => answer);
  const response = await connect(sink.url).send(EMPTY, LONG_MS);
  expect(response).toMatchObject(status === "success" ? { status } : { status, error });
});

test("waits no longer than it may", async () => {
  const sink = await listen();
  sink.behave(() => "hang");
  expect(await connect(sink.url).send(EMPTY, 100)).toMatchObject({
    status: "retryable",
    error: { kind: "timeout" },
  });
});

test("says in few words that nobody listens", async () => {
  const sink = await listen();
  const transport = connect(sink.url);
  await sink.close();
  closers.shift();
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({
    status: "retryable",
    error: { kind: "unreachable", message: `connect ECONNREFUSED 127.0.0.1:${sink.port}` },
  });
});

test("tells that somebody speaks HTTP/1", async () => {
  const sink = await listen("http/protobuf");
  expect(await connect(sink.url).send(EMPTY, LONG_MS)).toMatchObject({
    status: "failure",
    error: { kind: "garbled", message: "Protocol error" },
  });
});

test("breaks off what is under way when it is shut down, and takes nothing more", async () => {
  const sink = await listen();
  sink.behave(() => "hang");
  const transport = connect(sink.url);
  const sending = transport.send(EMPTY, LONG_MS);
  await sink.until(() => sink.requests.length === 1);
  transport.shutdown();
  expect(await sending).toMatchObject({ error: { status: "CANCELLED" } });
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ status: "failure" });
});
