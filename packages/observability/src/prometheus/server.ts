import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { isIPv6 } from "node:net";
import type { Report } from "../problem.ts";
import { acceptsGzip, chooseFormat } from "./accept.ts";
import { CONTENT_TYPES } from "./format.ts";
import { createHostCheck } from "./host-check.ts";
import type { Render, Scrape } from "./scrapes.ts";
import { createScrapes } from "./scrapes.ts";

/** What the metrics server is told. */
export interface MetricsServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Path of the page. */
  readonly endpoint: string;
  /** Writes the page. */
  readonly render: Render;
  readonly report: Report;
}

/** The running metrics server. */
export interface MetricsServer {
  /** Resolves when the port is open, or when it is clear that it will not be (which is reported). Never rejects. */
  readonly ready: Promise<void>;
  /** Address of the page; undefined while the port is not open. */
  readonly url: () => string | undefined;
  /** Stops listening and resolves when the requests that were being answered are done. */
  readonly stop: () => Promise<void>;
  /** Breaks off the requests that are still being answered. */
  readonly abandon: () => void;
}

const PLAIN_TEXT = "text/plain; charset=utf-8";
/** A client gets this long to send its request: a page is asked for in one line. */
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Serves one page of metrics over HTTP.
 *
 * Neither the port nor an open connection keeps the process alive: a script ends when its own work is done, also while
 * Prometheus holds a connection. A taken port is reported and nothing else happens.
 */
export function startMetricsServer(options: MetricsServerOptions): MetricsServer {
  const { host, port, report } = options;
  const settled = Promise.withResolvers<void>();
  const server = createServer(
    { headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    createAnswer(options),
  );
  let url: string | undefined;

  server.on("connection", (socket) => {
    socket.unref();
  });
  server.on("error", (error) => {
    report({
      code: "metrics_port",
      message: portMessage(error, host, port),
      subject: `${host} ${port}`,
    });
    settled.resolve();
  });
  server.listen({ host, port }, () => {
    url = pageUrl(server, options);
    settled.resolve();
  });
  server.unref();

  return {
    ready: settled.promise,
    url: () => url,
    stop: () => {
      url = undefined;
      return new Promise((resolve) => {
        // Fails where the port was never opened, which is as good as closed.
        server.close(() => {
          resolve();
        });
      });
    },
    abandon: () => {
      server.closeAllConnections();
    },
  };
}

function createAnswer(options: MetricsServerOptions) {
  const { endpoint, render, report } = options;
  const isOurs = createHostCheck(options.host);
  const scrape = createScrapes(render);

  return (request: IncomingMessage, response: ServerResponse): void => {
    const refuse = (status: number, why: string): void => {
      response.writeHead(status, { "content-type": PLAIN_TEXT }).end(`${why}\n`);
    };
    const path = request.url?.split("?", 1)[0];
    if (!isOurs(request.headers.host)) {
      refuse(
        403,
        "This server answers only to the name of the machine it runs on, such as localhost.",
      );
    } else if (path !== endpoint) {
      refuse(404, `There is nothing here. The metrics are at ${endpoint}`);
    } else if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      refuse(405, "The metrics can only be read: use GET.");
    } else {
      send(request, response, scrape).catch((error: unknown) => {
        report({
          code: "metrics_failed",
          message: `the metrics page could not be written: ${String(error)}`,
        });
        if (response.headersSent) response.destroy();
        else refuse(500, "The metrics could not be written.");
      });
    }
  };
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  scrape: Scrape,
): Promise<void> {
  const format = chooseFormat(request.headers.accept);
  const zipped = acceptsGzip(String(request.headers["accept-encoding"] ?? ""));
  const body = await scrape(format, zipped);
  response.writeHead(200, {
    "content-type": CONTENT_TYPES[format],
    "content-length": body.byteLength,
    vary: "accept, accept-encoding",
    ...(zipped ? { "content-encoding": "gzip" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function pageUrl(server: Server, { host, endpoint }: MetricsServerOptions): string {
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}${endpoint}`;
}

function portMessage(error: NodeJS.ErrnoException, host: string, port: number): string {
  const reason =
    error.code === "EADDRINUSE"
      ? "another program listens there; stop it, or give the option prometheus.port (0 takes any free port)"
      : error.message;
  return `no metrics are served on ${host} port ${port}: ${reason}`;
}
