import type { IncomingMessage, ServerResponse } from "node:http";
import { serveRequest } from "./server-span.ts";

/**
 * Wraps a request listener: each request gets a server span that continues the caller's trace, and workflows that run in
 * the listener are below it.
 *
 * The span ends when the answer is out or the connection is gone. What the listener throws goes on to whoever called it.
 *
 * @example
 * ```ts
 * import { traceRequests } from "@tta-dev/observability";
 * import { workflow } from "@tta-dev/primitives";
 * import { createServer } from "node:http";
 *
 * const greet = workflow("greet", (name: string) => `Hello ${name}`);
 * const server = createServer(
 *   traceRequests(async (request, response) => {
 *     response.end(await greet.execute(request.url ?? "/"));
 *   }),
 * );
 * server.close();
 * ```
 */
export function traceRequests<Q extends IncomingMessage, S extends ServerResponse>(
  listener: (request: Q, response: S) => unknown,
): (request: Q, response: S) => void {
  if (typeof listener !== "function")
    throw new TypeError(`traceRequests(listener) is ${typeof listener}; expected a function`);
  return (request, response) => follow(request, response, () => listener(request, response));
}

/** A request as Express hands it on: with the path it was mounted at and the route it matched. */
export interface RoutedRequest extends IncomingMessage {
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
  readonly originalUrl?: string;
}

/**
 * Makes middleware for Express, and for what takes middleware of its shape: put it before the routes.
 *
 * @example
 * ```ts
 * import { expressTracing } from "@tta-dev/observability";
 * import express from "express";
 *
 * const app = express();
 * app.use(expressTracing());
 * ```
 */
export function expressTracing(): (
  request: RoutedRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void {
  return (request, response, next) => {
    follow(request, response, next);
  };
}

/** Runs a handler below a server span that ends with the response. */
function follow<T>(request: RoutedRequest, response: ServerResponse, handler: () => T): T {
  const { url = "/", originalUrl = url, headers } = request;
  const served = serveRequest({
    method: request.method ?? "GET",
    path: originalUrl.split("?", 1)[0]!,
    scheme: "encrypted" in request.socket ? "https" : "http",
    host: headers.host,
    userAgent: headers["user-agent"],
    headers,
  });
  let route: string | undefined;
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse;
  // The route is known while the request is in the handler that answers; later its router may have left it again.
  response.writeHead = (...given: unknown[]) => {
    route = routeOf(request);
    return writeHead(...given);
  };
  response.once("finish", () => {
    served.end({ status: response.statusCode, route });
  });
  response.once("close", () => {
    served.end({ route: routeOf(request), error: new Error("the client has gone") });
  });
  return served.run(handler);
}

function routeOf({ baseUrl = "", route }: RoutedRequest): string | undefined {
  return typeof route?.path === "string" ? baseUrl + route.path : undefined;
}
