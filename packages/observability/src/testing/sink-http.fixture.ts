import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Listening, ListenOptions, SinkAnswer } from "./otlp-sink.fixture.ts";
import { partialSuccess } from "./partial-success.fixture.ts";

/** Listens for OTLP over HTTP, Protobuf and JSON. */
export async function listenForHttp({ port = 0, tls, take }: ListenOptions): Promise<Listening> {
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { url = "", headers } = request;
    const gzip = headers["content-encoding"] === "gzip";
    reply(
      response,
      take({ path: url, headers, body, gzip, connection: request.socket.remotePort ?? 0 }),
    );
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // A sender that goes away before it has said everything has sent nothing.
    receive(request, response).catch(() => undefined);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function reply(response: ServerResponse, answer: SinkAnswer): void {
  const json = response.req.headers["content-type"]?.startsWith("application/json") === true;
  const type = { "content-type": json ? "application/json" : "application/x-protobuf" };
  if (answer === "hang") return;
  if (answer === "ok") response.writeHead(200, type).end(json ? "{}" : "");
  else if (answer === "reset") response.socket?.resetAndDestroy();
  else if (answer === "garbage") response.socket?.end("\u0000\u0001 certainly no HTTP\r\n\r\n");
  else if (answer === "html") {
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>It works!</h1>");
  } else if (typeof answer === "number") response.writeHead(answer).end("no");
  else if ("rejected" in answer)
    response
      .writeHead(200, type)
      .end(partialSuccess(answer, { json, path: response.req.url ?? "" }));
  else response.writeHead(answer.status, { "retry-after": String(answer.retryAfterSeconds) }).end();
}
