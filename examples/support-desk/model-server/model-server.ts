import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createChatHandler } from "./chat-handler.ts";
import { checkFaults } from "./fate.ts";
import type { ModelServerOptions } from "./model-server-options.ts";
import { createRefusal } from "./refusal.ts";
import { sendJson, sendRefusal } from "./send.ts";
import { createTally } from "./tally.ts";
import type { ModelServerTally } from "./tally.ts";

/** A running model server. */
export interface ModelServer {
  /** What the official client takes as `baseURL`. */
  readonly baseUrl: string;
  readonly tally: () => ModelServerTally;
  /** Drops every connection and every call under way; from then on the tally is final. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a server on 127.0.0.1 that speaks enough of the OpenAI chat-completions protocol for the
 * official client: `POST /v1/chat/completions` (without streaming) and `GET /v1/models`.
 *
 * An answer takes as many tokens as the request's metadata says and as much time as those tokens
 * take. Some calls are slow, refused or cut off; which ones depends on the seed, the model, the
 * request's key and the number of the call for that key, and on nothing else.
 *
 * @throws {RangeError} when a model's fault shares are not shares
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  for (const model of options.models) checkFaults(model.faults ?? {});
  const tally = createTally();
  const closing = new AbortController();
  const answerChat = createChatHandler({ options, tally, closed: closing.signal });

  const underWay = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
    void route(request, response).catch((error: unknown) => {
      // The client has gone or the server is broken; either way nobody is left to be answered.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  // A kept connection that the server drops just as the client uses it again would look like a fault nobody planned.
  server.keepAliveTimeout = 0;
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
    const wanted = { "/v1/chat/completions": "POST", "/v1/models": "GET" }[path];
    if (wanted === undefined) {
      sendRefusal(response, createRefusal(404, `Invalid URL (${request.method ?? ""} ${path})`));
    } else if (request.method !== wanted) {
      sendRefusal(
        response,
        createRefusal(405, `Not allowed to ${request.method ?? ""} on ${path}`),
      );
    } else if (wanted === "POST") {
      await answerChat(request, response);
    } else {
      const data = options.models.map(({ id }) => ({
        id,
        object: "model",
        created: 0,
        owned_by: "support-desk",
      }));
      sendJson(response, { status: 200, body: { object: "list", data } });
    }
  }

  return {
    baseUrl: `http://127.0.0.1:${portOf(server.address())}/v1`,
    tally: tally.read,
    async close() {
      closing.abort();
      // The server says that it is closed before its calls do, and the tally is complete when they have.
      const closed = [server, ...underWay].map((one) => once(one, "close"));
      server.close();
      server.closeAllConnections();
      await Promise.all(closed);
    },
  };
}

function portOf(address: { readonly port: number } | string | null): number {
  if (address === null || typeof address === "string")
    throw new TypeError("the server listens on no port");
  return address.port;
}
