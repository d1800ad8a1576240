import type { ClientHttp2Session, IncomingHttpHeaders } from "node:http2";
import type { Outcome, Shipment } from "./shipment.ts";

/** How a shipment is sent. */
export interface SendOptions {
  /** Milliseconds until it counts as unavailable. Without it somebody else watches the time. */
  readonly timeoutMs?: number;
  /** Whether the process may end before the answer is here. */
  readonly inBackground?: boolean;
}

/**
 * Sends one request, once, over any of the three protocols, with nothing but what Node brings.
 *
 * Its text is also run in a worker thread, where none of this file's imports and constants exist: everything that it
 * needs is inside, and in plain old syntax, which no compiler rewrites with the help of functions of its own.
 *
 * @param done Hears what became of it, once.
 */
export function sendShipment(
  shipment: Shipment,
  options: SendOptions,
  done: (outcome: Outcome) => void,
): void {
  const { destination, parcel } = shipment;
  let isOver = false;
  let stop = function (): void {};
  const finish = function (outcome: Outcome): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    stop();
    done(outcome);
  };
  const unavailable = function (): void {
    finish("unavailable");
  };
  let timer: NodeJS.Timeout | undefined;
  if (options.timeoutMs !== undefined) timer = setTimeout(unavailable, options.timeoutMs);
  if (timer !== undefined && options.inBackground) timer.unref();

  const sendOverHttp = function (url: URL): void {
    const http = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
    const type = parcel.encoding === "json" ? "application/json" : "application/x-protobuf";
    const headers = Object.assign({}, destination.headers, {
      "content-type": type,
      "content-length": parcel.body.length,
    });
    const request = http.request(
      url,
      Object.assign({ method: "POST", headers: headers }, destination.tls),
      function (response) {
        const status = response.statusCode || 0;
        const isBusy = status === 429 || status === 502 || status === 503 || status === 504;
        const outcome = status < 300 ? "delivered" : isBusy ? "unavailable" : "refused";
        response.on("error", function () {
          finish(outcome);
        });
        response.on("end", function () {
          finish(outcome);
        });
        response.resume();
      },
    );
    stop = function () {
      request.destroy();
    };
    if (options.inBackground) {
      request.on("socket", function (socket) {
        socket.unref();
      });
    }
    request.on("error", unavailable);
    request.end(parcel.body);
  };

  /** A unary call (gRPC, "PROTOCOL-HTTP2"): five bytes before the message, the status behind the answer. */
  const sendOverGrpc = function (url: URL): void {
    const http2 = process.getBuiltinModule("node:http2");
    const service = {
      traces: "trace.v1.Trace",
      metrics: "metrics.v1.Metrics",
      logs: "logs.v1.Logs",
    };
    const session: ClientHttp2Session = http2.connect(url.origin, destination.tls);
    stop = function () {
      session.destroy();
    };
    if (options.inBackground) session.unref();
    session.on("error", unavailable);
    const stream = session.request(
      Object.assign({}, destination.headers, {
        ":method": "POST",
        ":path": "/opentelemetry.proto.collector." + service[parcel.signal] + "Service/Export",
        "content-type": "application/grpc",
        te: "trailers",
      }),
    );
    const onHeaders = function (headers: IncomingHttpHeaders): void {
      if (headers[":status"] !== undefined && Number(headers[":status"]) !== 200) {
        return finish(Number(headers[":status"]) >= 500 ? "unavailable" : "refused");
      }
      const status = headers["grpc-status"];
      if (status === undefined) return;
      // CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS (OTLP, "Failures").
      const isBusy = [1, 4, 8, 10, 11, 14, 15].includes(Number(status));
      finish(Number(status) === 0 ? "delivered" : isBusy ? "unavailable" : "refused");
    };
    stream.on("response", function (headers) {
      const type = String(headers["content-type"]);
      if (headers[":status"] === 200 && !type.startsWith("application/grpc")) finish("refused");
      else onHeaders(headers);
    });
    stream.on("trailers", onHeaders);
    stream.on("error", unavailable);
    // Where the connection breaks it ends without a status.
    stream.on("close", unavailable);
    stream.resume();
    const head = new DataView(new ArrayBuffer(5));
    head.setUint32(1, parcel.body.length);
    stream.write(new Uint8Array(head.buffer));
    stream.end(parcel.body);
  };

  try {
    // Node knows no grpc:// and grpcs://.
    const url = new URL(destination.url.replace(/^grpc/, "http"));
    if (url.port === "" && destination.url.startsWith("grpc")) url.port = "4317";
    if (destination.protocol !== "grpc") sendOverHttp(url);
    else if (parcel.encoding === "protobuf") sendOverGrpc(url);
    // Nobody can put JSON into gRPC.
    else finish("refused");
  } catch {
    // A header that cannot be sent, an address that is none.
    finish("refused");
  }
}
