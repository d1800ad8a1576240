import { afterEach, expect, test } from "vitest";
import type { OtlpSink, SinkAnswer } from "../testing/otlp-sink.fixture.ts";
import { startOtlpSink } from "../testing/otlp-sink.fixture.ts";
import { selfSigned } from "../testing/self-signed.fixture.ts";
import { createHttpTransport, readRetryAfter } from "./http-transport.ts";
import type { TransportOptions } from "./transport-options.ts";

const LONG_MS = 60_000;
const EMPTY = new Uint8Array();
let close: (() => Promise<void>) | undefined;

afterEach(async () => {
  await close?.();
  close = undefined;
});

async function start(
  options: Partial<TransportOptions> = {},
  tls?: { readonly key: string; readonly cert: string },
): Promise<{ sink: OtlpSink; transport: ReturnType<typeof createHttpTransport> }> {
  const sink = await startOtlpSink({ protocol: "http/protobuf", ...(tls && { tls }) });
  const transport = createHttpTransport(
    { url: `${sink.url}/v1/traces`, headers: {}, compression: "none", tls: undefined, ...options },
    "application/x-protobuf",
  );
  close = async () => {
    transport.shutdown();
    await sink.close();
  };
  return { sink, transport };
}

test("sends the body with the headers, its type and its length", async () => {
  const { sink, transport } = await start({
    headers: { "x-api-key": "k", "Content-Type": "text/plain" },
  });
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ status: "success" });
  expect(sink.requests).toMatchObject([
    {
      path: "/v1/traces",
      headers: {
        "x-api-key": "k",
        "content-type": "application/x-protobuf",
        "content-length": "0",
        "user-agent": expect.stringContaining("OTel-OTLP-Exporter-JavaScript"),
      },
    },
  ]);
});

test("compresses where it is asked to", async () => {
  const { sink, transport } = await start({ compression: "gzip" });
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ status: "success" });
  expect(sink.requests[0]?.headers["content-encoding"]).toBe("gzip");
  expect(sink.faults).toEqual([]);
});

test("uses one connection for requests that follow each other", async () => {
  const { sink, transport } = await start();
  await transport.send(EMPTY, LONG_MS);
  await transport.send(EMPTY, LONG_MS);
  const [first, second] = sink.requests.map(({ connection }) => connection);
  expect(second).toBe(first);
});

test("trusts the authority that it is given, and no other", async () => {
  const { key, cert } = selfSigned();
  const { sink, transport } = await start({ tls: { ca: Buffer.from(cert) } }, { key, cert });
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ status: "success" });
  const distrustful = createHttpTransport(
    { url: `${sink.url}/v1/traces`, headers: {}, compression: "none", tls: undefined },
    "application/x-protobuf",
  );
  const answer = await distrustful.send(EMPTY, LONG_MS);
  distrustful.shutdown();
  expect(answer).toMatchObject({ error: { kind: "unreachable" } });
});

test.each<[SinkAnswer, string, object]>([
  [200, "success", {}],
  [302, "failure", { kind: "rejected", status: "302" }],
  [400, "failure", { kind: "rejected", status: "400" }],
  [401, "failure", { kind: "rejected", status: "401" }],
  [500, "failure", { kind: "rejected", status: "500" }],
  [429, "retryable", { kind: "unavailable", status: "429" }],
  [502, "retryable", { kind: "unavailable", status: "502" }],
  [503, "retryable", { kind: "unavailable", status: "503" }],
  [504, "retryable", { kind: "unavailable", status: "504" }],
  [{ status: 503, retryAfterSeconds: 7 }, "retryable", { retryAfterMs: 7000 }],
  ["reset", "retryable", { kind: "unreachable", message: "read ECONNRESET" }],
  ["garbage", "failure", { kind: "garbled" }],
  ["html", "failure", { kind: "garbled", message: "the answer is a web page" }],
])("makes of the answer %j a %s", async (answer, status, error) => {
  const { sink, transport } = await start();
  sink.behave(() => answer);
  const response = await transport.send(EMPTY, LONG_MS);
  expect(response).toMatchObject(status === "success" ? { status } : { status, error });
});

test("hands on how long it has to wait", async () => {
  const { sink, transport } = await start();
  sink.behave(() => ({ status: 429, retryAfterSeconds: 3 }));
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({ retryInMillis: 3000 });
});

test("waits no longer than it may", async () => {
  const { sink, transport } = await start();
  sink.behave(() => "hang");
  expect(await transport.send(EMPTY, 20)).toMatchObject({
    status: "retryable",
    error: { kind: "timeout" },
  });
});

test("is told apart whether nobody listens", async () => {
  const { sink, transport } = await start();
  await sink.close();
  close = undefined;
  expect(await transport.send(EMPTY, LONG_MS)).toMatchObject({
    status: "retryable",
    error: { kind: "unreachable", message: expect.stringContaining("ECONNREFUSED") },
  });
});

test("breaks off what is under way when it is shut down", async () => {
  const { sink, transport } = await start();
  sink.behave(() => "hang");
  const sending = transport.send(EMPTY, LONG_MS);
  await sink.until(() => sink.requests.length === 1);
  transport.shutdown();
  expect(await sending).toMatchObject({ error: { kind: "unreachable" } });
});

test.each([
  [undefined, undefined],
  ["0", 0],
  ["120", 120_000],
  ["Wed, 21 Oct 2015 07:28:00 GMT", 60_000],
  ["Wed, 21 Oct 2015 07:26:00 GMT", 0],
  ["soon", undefined],
])("reads Retry-After %j", (header, milliseconds) => {
  expect(readRetryAfter(header, Date.parse("2015-10-21T07:27:00Z"))).toBe(milliseconds);
});
