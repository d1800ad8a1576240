import type { Attributes, Context, Span } from "@opentelemetry/api";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { IncomingHttpHeaders } from "node:http";
import { inspect } from "node:util";

/** What is told of a request when it arrives. */
export interface ArrivedRequest {
  readonly method: string;
  /** Path without the query, which may hold secrets. */
  readonly path: string;
  readonly scheme: "http" | "https";
  /** The Host header. */
  readonly host?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly headers: IncomingHttpHeaders | Headers;
}

/** A request that is being answered. */
export interface ServedRequest {
  /** Runs the handler below the request's span. */
  readonly run: <T>(handler: () => T) => T;
  /** Ends the span; a second call does nothing. */
  readonly end: (outcome: RequestOutcome) => void;
}

/** What is told of a request when it has been answered, or will not be. */
export interface RequestOutcome {
  /** Absent where no answer was sent. */
  readonly status?: number | undefined;
  /** The pattern that the request matched, such as `/orders/:id`; never the path itself. */
  readonly route?: string | undefined;
  /** What the handler threw, or what broke the connection. */
  readonly error?: unknown;
}

/** The methods that may name a span; any other is `_OTHER`, because a client can send what it likes. */
const METHODS = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
]);

/**
 * Starts the server span of a request, as a child of the caller's where its headers name one.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function serveRequest(request: ArrivedRequest): ServedRequest {
  const { headers } = request;
  const parent = propagation.extract(context.active(), headers, getter);
  const method = METHODS.has(request.method) ? request.method : undefined;
  const span = trace
    .getTracer("@tta-dev/observability")
    .startSpan(
      method ?? "HTTP",
      { kind: SpanKind.SERVER, attributes: attributesOf(request, method) },
      parent,
    );
  const inside: Context = trace.setSpan(parent, span);
  let isOver = false;
  return {
    run: (handler) => context.with(inside, handler),
    end(outcome) {
      if (isOver) return;
      isOver = true;
      describeOutcome(span, method ?? "HTTP", outcome);
      span.end();
    },
  };
}

const getter = {
  keys: (headers: IncomingHttpHeaders | Headers): string[] =>
    headers instanceof Headers ? [...headers.keys()] : Object.keys(headers),
  get: (headers: IncomingHttpHeaders | Headers, key: string): string | string[] | undefined =>
    headers instanceof Headers ? (headers.get(key) ?? undefined) : headers[key.toLowerCase()],
};

function attributesOf(request: ArrivedRequest, method: string | undefined): Attributes {
  const host = request.host === undefined ? null : URL.parse(`${request.scheme}://${request.host}`);
  return {
    "http.request.method": method ?? "_OTHER",
    ...(method === undefined && { "http.request.method_original": request.method }),
    "url.path": request.path,
    "url.scheme": request.scheme,
    ...(host !== null && {
      "server.address": host.hostname,
      "server.port": Number(host.port) || (request.scheme === "https" ? 443 : 80),
    }),
    ...(request.userAgent !== undefined && { "user_agent.original": request.userAgent }),
  };
}

function describeOutcome(span: Span, name: string, { status, route, error }: RequestOutcome): void {
  if (route !== undefined && route !== "") {
    span.updateName(`${name} ${route}`);
    span.setAttribute("http.route", route);
  }
  if (status !== undefined) span.setAttribute("http.response.status_code", status);
  if (error !== undefined) {
    const exception = error instanceof Error ? error : new Error(inspect(error, { depth: 0 }));
    span.recordException(exception);
    span.setAttribute("error.type", exception.name);
    span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message });
  } else if (status !== undefined && status >= 500) {
    // A refused request (4xx) is the client's error, not the server's.
    span.setAttribute("error.type", String(status));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
}
