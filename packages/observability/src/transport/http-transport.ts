import type { ExportResponse, IExporterTransport } from "@opentelemetry/otlp-exporter-base";
import type { IncomingMessage } from "node:http";
import { Agent, request as requestPlain } from "node:http";
import { Agent as TlsAgent, request as requestTls } from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { ExportFailure } from "./export-failure.ts";
import { retryable } from "./retryable.ts";
import type { TransportOptions } from "./transport-options.ts";
import { USER_AGENT } from "./transport-options.ts";

/** Statuses that ask to come back: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE = new Set([429, 502, 503, 504]);

/** An answer says little; of a longer one the rest is not read. */
const LONGEST_ANSWER_BYTES = 65_536;

const compress = promisify(gzip);

/**
 * Sends over HTTP, on connections that are kept and that never keep the process alive.
 *
 * @param contentType What the body is.
 */
export function createHttpTransport(
  { url, headers, compression, tls }: TransportOptions,
  contentType: string,
): IExporterTransport {
  const target = new URL(url);
  const secure = target.protocol === "https:";
  const agent = secure ? new TlsAgent({ keepAlive: true, ...tls }) : new Agent({ keepAlive: true });
  const startRequest = secure ? requestTls : requestPlain;

  const post = (body: Uint8Array, timeoutMs: number): Promise<ExportResponse> => {
    const { promise, resolve } = Promise.withResolvers<ExportResponse>();
    const request = startRequest(target, {
      method: "POST",
      agent,
      headers: {
        "User-Agent": USER_AGENT,
        ...headers,
        "Content-Type": contentType,
        "Content-Length": body.length,
        ...(compression === "gzip" && { "Content-Encoding": "gzip" }),
      },
    });
    const timer = setTimeout(() => {
      finish(retryable(new ExportFailure("timeout", "no answer in time")));
      request.destroy();
    }, timeoutMs).unref();
    const finish = (response: ExportResponse): void => {
      clearTimeout(timer);
      resolve(response);
    };
    request.on("socket", (socket) => socket.unref());
    request.on("error", (error) => {
      finish(responseToError(error));
    });
    request.on("response", (answer) => {
      readAnswer(answer).then(finish, (error: unknown) => {
        finish(responseToError(error));
      });
    });
    request.end(body);
    return promise;
  };

  return {
    async send(data, timeoutMs) {
      return post(compression === "gzip" ? await compress(data) : data, timeoutMs);
    },
    shutdown() {
      // Those in use are among its connections.
      agent.destroy();
    },
  };
}

async function readAnswer(answer: IncomingMessage): Promise<ExportResponse> {
  const { statusCode: status = 0 } = answer;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > LONGEST_ANSWER_BYTES) break;
  }
  if (status >= 200 && status <= 299) {
    // A web server that answers everything: what it took is in nobody's hands.
    if (answer.headers["content-type"]?.startsWith("text/html") === true) {
      return { status: "failure", error: new ExportFailure("garbled", "the answer is a web page") };
    }
    return {
      status: "success",
      ...(bytes <= LONGEST_ANSWER_BYTES && { data: Buffer.concat(chunks) }),
    };
  }
  if (RETRYABLE.has(status)) {
    const retryAfterMs = readRetryAfter(answer.headers["retry-after"], Date.now());
    return retryable(
      new ExportFailure("unavailable", `status ${status}`, {
        status: String(status),
        retryAfterMs,
      }),
    );
  }
  const error = new ExportFailure("rejected", `status ${status}`, { status: String(status) });
  return { status: "failure", error };
}

/**
 * Reads a `Retry-After` header: seconds, or a date.
 *
 * @param nowMs Epoch milliseconds.
 * @returns milliseconds to wait; undefined where the header says nothing
 */
export function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

function responseToError(error: unknown): ExportResponse {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  // Node's parser of HTTP has codes that begin so.
  if (code.startsWith("HPE_"))
    return { status: "failure", error: new ExportFailure("garbled", message) };
  return retryable(new ExportFailure(code === "ETIMEDOUT" ? "timeout" : "unreachable", message));
}
