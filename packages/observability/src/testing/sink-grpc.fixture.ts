import { once } from "node:events";
import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { createSecureServer, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Listening, ListenOptions, SinkAnswer } from "./otlp-sink.fixture.ts";
import { partialSuccess, retryInfo } from "./partial-success.fixture.ts";

/** The gRPC code that stands for an HTTP status. */
const CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 12,
  429: 8,
  500: 13,
};
const UNAVAILABLE = 14;

/**
 * Listens for OTLP over gRPC.
 *
 * It speaks HTTP/2 itself: a gRPC library on this side would not let a test break the connection.
 */
export async function listenForGrpc({ port = 0, tls, take }: ListenOptions): Promise<Listening> {
  const server = tls ? createSecureServer(tls) : createServer();
  // A session hands out its socket only behind a guard; the event before has the bare one.
  const connections = new Map<Http2Session | undefined, Duplex>();
  let connection: Duplex | undefined;
  server.prependListener(tls ? "secureConnection" : "connection", (socket: Duplex) => {
    connection = socket;
  });
  server.on("session", (session) => {
    if (connection !== undefined) connections.set(session, connection);
    session.on("error", () => undefined);
    session.on("close", () => connections.delete(session));
  });
  server.on("sessionError", () => undefined);
  const receive = async (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ): Promise<void> => {
    const body = await buffer(stream);
    const path = headers[":path"] ?? "";
    // A message comes after a byte that says whether it is compressed, and four for its length.
    const gzip = body[0] === 1;
    const answer = take({
      path,
      headers,
      body: body.subarray(5),
      gzip,
      connection: stream.session?.socket.remotePort ?? 0,
    });
    if (answer === "garbage") connections.get(stream.session)?.end("\u0000\u0001 no HTTP/2\r\n");
    else reply(stream, headers, answer);
  };
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    receive(stream, headers).catch(() => undefined);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      for (const session of connections.keys()) session?.destroy();
      await once(server, "close");
    },
  };
}

function reply(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  answer: Exclude<SinkAnswer, "garbage">,
): void {
  if (answer === "hang") return;
  if (answer === "ok") respond(stream, Buffer.alloc(0));
  else if (answer === "reset") stream.session?.destroy();
  else if (answer === "html") {
    stream.respond({ ":status": 200, "content-type": "text/html" });
    stream.end("<h1>It works!</h1>");
  } else if (typeof answer === "number") refuse(stream, CODES[answer] ?? UNAVAILABLE);
  else if ("rejected" in answer) {
    respond(stream, partialSuccess(answer, { json: false, path: headers[":path"] ?? "" }));
  } else refuse(stream, CODES[answer.status] ?? UNAVAILABLE, answer.retryAfterSeconds);
}

function respond(stream: ServerHttp2Stream, message: Buffer): void {
  stream.on("wantTrailers", () => {
    stream.sendTrailers({ "grpc-status": "0" });
  });
  stream.respond(
    { ":status": 200, "content-type": "application/grpc+proto" },
    { waitForTrailers: true },
  );
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([head, message]));
}

function refuse(stream: ServerHttp2Stream, code: number, retryAfterSeconds?: number): void {
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc+proto",
      "grpc-status": String(code),
      "grpc-message": "no",
      ...(retryAfterSeconds !== undefined && {
        "grpc-status-details-bin": retryInfo(code, retryAfterSeconds).toString("base64"),
      }),
    },
    { endStream: true },
  );
}
