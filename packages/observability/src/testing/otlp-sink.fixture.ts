import type { IncomingHttpHeaders } from "node:http";
import { gunzipSync } from "node:zlib";
import { readJson } from "./otlp-json.fixture.ts";
import type { Message } from "./otlp-protobuf.fixture.ts";
import { readProtobuf } from "./otlp-protobuf.fixture.ts";
import type { Sent, SentLogRecord, SentMetric, SentSpan } from "./otlp-sent.fixture.ts";
import { logRecordsIn, metricsIn, spansIn } from "./otlp-sent.fixture.ts";
import { listenForGrpc } from "./sink-grpc.fixture.ts";
import { listenForHttp } from "./sink-http.fixture.ts";

export type SinkProtocol = "http/protobuf" | "http/json" | "grpc";

/**
 * What the sink does with a request that it has read.
 *
 * `"ok"` takes it; a number refuses it with this HTTP status, or with the gRPC code that stands for it; `"hang"` never
 * answers; `"reset"` breaks the connection; `"garbage"` answers with bytes that are no HTTP; `"html"` answers 200 with a
 * page, as a proxy may; `rejected` takes all but that many.
 */
export type SinkAnswer =
  | "ok"
  | "hang"
  | "reset"
  | "garbage"
  | "html"
  | number
  | { readonly status: number; readonly retryAfterSeconds: number }
  | { readonly rejected: number; readonly message: string };

export type SinkSignal = "traces" | "metrics" | "logs";

export interface SinkRequest {
  readonly signal: SinkSignal;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Length of the body, or of the gRPC message, as it was sent. */
  readonly bytes: number;
  /** Tells connections apart: the sender's port. */
  readonly connection: number;
  readonly message: Message;
}

/** A request as a server has read it. */
export interface RawRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly gzip: boolean;
  /** Port of the sender. */
  readonly connection: number;
}

export interface SinkOptions {
  readonly protocol: SinkProtocol;
  /** Take a port that was used before, to come back. @default any free one */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface ListenOptions extends SinkOptions {
  /** Decides on a request. */
  readonly take: (request: RawRequest) => SinkAnswer;
}

export interface Listening {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** A collector on loopback that keeps what it takes. */
export interface OtlpSink {
  /** Base URL; over HTTP `/v1/traces`, `/v1/metrics` and `/v1/logs` are taken. */
  readonly url: string;
  readonly port: number;
  /** Every request, whatever the answer was. */
  readonly requests: readonly SinkRequest[];
  /** Requests that could not be read; 400 was answered. */
  readonly faults: readonly string[];
  /** What was taken, in the order in which it came; sent twice is here twice. */
  readonly spans: () => Sent<SentSpan>[];
  readonly metrics: () => Sent<SentMetric>[];
  readonly logRecords: () => Sent<SentLogRecord>[];
  /** The number of spans taken, and of different span ids among them. */
  readonly spanCounts: () => { readonly total: number; readonly unique: number };
  /** Decides from now on what happens to a request. */
  readonly behave: (decide: (request: SinkRequest) => SinkAnswer) => void;
  /** Resolves once `holds` is true, which is asked after each request. */
  readonly until: (holds: () => boolean) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts a collector on loopback. */
export async function startOtlpSink(options: SinkOptions): Promise<OtlpSink> {
  const requests: SinkRequest[] = [];
  const taken: Message[] = [];
  const faults: string[] = [];
  const waiting = new Set<() => void>();
  let decide = (_request: SinkRequest): SinkAnswer => "ok";

  const take = (raw: RawRequest): SinkAnswer => {
    let request: SinkRequest;
    try {
      request = readRequest(raw);
    } catch (error) {
      faults.push(`${raw.path}: ${String(error)}`);
      return 400;
    }
    requests.push(request);
    const answer = decide(request);
    if (answer === "ok" || (typeof answer === "object" && "rejected" in answer))
      taken.push(request.message);
    for (const check of waiting) check();
    return answer;
  };
  const listen = options.protocol === "grpc" ? listenForGrpc : listenForHttp;
  const { port, close } = await listen({ ...options, take });

  const spans = (): Sent<SentSpan>[] => taken.flatMap(spansIn);
  return {
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    requests,
    faults,
    spans,
    metrics: () => taken.flatMap(metricsIn),
    logRecords: () => taken.flatMap(logRecordsIn),
    spanCounts() {
      const ids = spans().map(({ spanId }) => spanId);
      return { total: ids.length, unique: new Set(ids).size };
    },
    behave(next) {
      decide = next;
    },
    until(holds) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const check = (): void => {
        if (!holds()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
      return promise;
    },
    close,
  };
}

const MESSAGES = {
  traces: "TraceRequest",
  metrics: "MetricsRequest",
  logs: "LogsRequest",
} as const;

function readRequest({ path, headers, body, gzip, connection }: RawRequest): SinkRequest {
  const signal = signalOf(path);
  const content = gzip ? gunzipSync(body) : body;
  const message = headers["content-type"]?.startsWith("application/json")
    ? readJson(MESSAGES[signal], JSON.parse(content.toString("utf8")))
    : readProtobuf(MESSAGES[signal], content);
  return { signal, path, headers, bytes: body.length, connection, message };
}

function signalOf(path: string): SinkSignal {
  const [, word] = /(?:\/v1\/|\.)(trace|metrics|logs)(?:s$|$|\.v1\.)/.exec(path) ?? [];
  if (word === "trace") return "traces";
  if (word === "metrics" || word === "logs") return word;
  throw new Error("nobody sends this here");
}
