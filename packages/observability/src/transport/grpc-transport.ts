import type * as Grpc from "@grpc/grpc-js";
import type { ExportResponse, IExporterTransport } from "@opentelemetry/otlp-exporter-base";
import { answerToError } from "./grpc-status.ts";
import type { TransportOptions } from "./transport-options.ts";
import { USER_AGENT } from "./transport-options.ts";

/** Pauses between two attempts to connect; the library's own, up to two minutes, would miss a collector that is back. */
const FIRST_RECONNECT_PAUSE_MS = 100;
const LONGEST_RECONNECT_PAUSE_MS = 5000;
const LONGEST_ANSWER_BYTES = 65_536;

/** A connection: what belongs to it, and the calls on it. */
interface Connection {
  readonly client: Grpc.Client;
  readonly metadata: Grpc.Metadata;
}

/**
 * Sends over gRPC.
 *
 * `@grpc/grpc-js` is loaded by the first call of this function, and by nothing else. A call that is under way keeps the
 * process alive until it is answered or its time is over: the library offers no way round it.
 *
 * @param method Path of the method.
 * @param leftOut Hears of a header that gRPC cannot carry.
 */
export function createGrpcTransport(
  options: TransportOptions,
  { method, leftOut }: { readonly method: string; readonly leftOut: (header: string) => void },
): IExporterTransport {
  const underWay = new Set<Grpc.ClientUnaryCall>();
  let closed = false;
  const connecting = import("@grpc/grpc-js").then((grpc) => connect(grpc, options, leftOut));
  // Whoever sends hears of it.
  connecting.catch(() => undefined);

  const call = ({ client, metadata }: Connection, data: Uint8Array, timeoutMs: number) => {
    const { promise, resolve } = Promise.withResolvers<ExportResponse>();
    const unary = client.makeUnaryRequest(
      method,
      asBuffer,
      asBuffer,
      data,
      metadata,
      { deadline: Date.now() + timeoutMs },
      (error, answer) => {
        underWay.delete(unary);
        resolve(
          error === null
            ? { status: "success", ...(answer && { data: answer }) }
            : answerToError(error),
        );
      },
    );
    underWay.add(unary);
    return promise;
  };

  return {
    async send(data, timeoutMs) {
      const connection = await connecting;
      if (closed) return { status: "failure", error: new Error("the exporter is shut down") };
      return call(connection, data, timeoutMs);
    },
    shutdown() {
      closed = true;
      for (const unary of underWay) unary.cancel();
      connecting.then(
        ({ client }) => client.close(),
        () => undefined,
      );
    },
  };
}

function connect(
  grpc: typeof Grpc,
  { url, headers, compression, tls }: TransportOptions,
  leftOut: (header: string) => void,
): Connection {
  const { target, secure } = grpcTarget(url);
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(headers)) {
    try {
      metadata.set(
        name,
        name.toLowerCase().endsWith("-bin") ? Buffer.from(value, "base64") : value,
      );
    } catch {
      // The library's words would repeat the value.
      leftOut(name);
    }
  }
  const credentials = secure
    ? grpc.credentials.createSsl(tls?.ca, tls?.key, tls?.cert)
    : grpc.credentials.createInsecure();
  const client = new grpc.Client(target, credentials, {
    "grpc.primary_user_agent": USER_AGENT,
    "grpc.max_receive_message_length": LONGEST_ANSWER_BYTES,
    "grpc.initial_reconnect_backoff_ms": FIRST_RECONNECT_PAUSE_MS,
    "grpc.max_reconnect_backoff_ms": LONGEST_RECONNECT_PAUSE_MS,
    // Trying again is done one level up, alike for every protocol.
    "grpc.enable_retries": 0,
    ...(compression === "gzip" && {
      "grpc.default_compression_algorithm": grpc.compressionAlgorithms.gzip,
    }),
  });
  return { client, metadata };
}

/** Reads host and port: those of the URL, whose path means nothing to gRPC. */
function grpcTarget(url: string): { readonly target: string; readonly secure: boolean } {
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === "https:" || protocol === "grpcs:";
  const usual = protocol === "https:" ? "443" : protocol === "http:" ? "80" : "4317";
  return { target: `${hostname}:${port || usual}`, secure };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
