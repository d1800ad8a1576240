import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { IExporterTransport } from "@opentelemetry/otlp-exporter-base";
import {
  createOtlpNetworkExportDelegate,
  ExporterMetrics,
} from "@opentelemetry/otlp-exporter-base";
import type { ISerializer } from "@opentelemetry/otlp-transformer";
import type { Collector } from "../config/collector.ts";
import type { Report } from "../problem.ts";
import { createGrpcTransport } from "./grpc-transport.ts";
import type { Exporter } from "./guarded-exporter.ts";
import { createHttpTransport } from "./http-transport.ts";
import { createRetryingTransport } from "./retrying-transport.ts";
import type { Answer, SignalFormat } from "./signal.ts";
import type { TlsOptions } from "../config/otlp-certificates.ts";

/** Where one signal goes and how. */
export interface OtlpExporterOptions {
  /** Its URL is that of the signal, with the path where it goes over HTTP; its time is that of one export, retries included. */
  readonly collector: Collector;
  /** The URL as it may be shown. */
  readonly destination: string;
  /** Exports that may be under way at once; one more fails. @default 30 */
  readonly concurrencyLimit?: number;
  readonly tls?: TlsOptions;
  /** Whether to try again what can be tried again. False where whoever calls does that. @default true */
  readonly retries?: boolean;
  /** Hears how many items of a request were refused although the rest was taken. */
  readonly refused: (count: number) => void;
  readonly report: Report;
}

/** An exporter whose failures are of the class `ExportFailure`. */
export interface OtlpExporter<T> extends Exporter<T> {
  /** Breaks off what is under way, and what waits to be tried again: it fails at once. */
  abandon(): void;
}

/** Creates the exporter of one signal over one protocol. */
export function createOtlpExporter<T>(
  format: SignalFormat<T>,
  options: OtlpExporterOptions,
): OtlpExporter<T> {
  const { collector, concurrencyLimit = 30, retries = true } = options;
  const plain = createTransport(format, options);
  const transport = retries ? createRetryingTransport(plain) : plain;
  const serializer = collector.protocol === "http/json" ? format.json : format.protobuf;
  const delegate = createOtlpNetworkExportDelegate(
    { timeoutMillis: collector.timeoutMs, concurrencyLimit, compression: collector.compression },
    noticeRefusals(serializer, (count) => {
      options.refused(count);
      options.report({
        code: "collector_rejected",
        message: `the collector at ${options.destination} took a request, but refused ${count} of its ${format.items.many} as faulty`,
        subject: "partial",
      });
    }),
    new ExporterMetrics({
      componentType: "otlp_exporter",
      metricsHelper: format.helper,
      url: undefined,
      meterProvider: undefined,
      responseAttributesFromError: () => ({}),
    }),
    transport,
  );
  return {
    export(items, done) {
      // An application that traces its own requests is not to trace these.
      context.with(suppressTracing(context.active()), () => {
        delegate.export(items, done);
      });
    },
    forceFlush: () => delegate.forceFlush(),
    shutdown: () => delegate.shutdown(),
    abandon() {
      transport.shutdown();
    },
  };
}

function createTransport<T>(
  format: SignalFormat<T>,
  { collector, tls = collector.tls, report }: OtlpExporterOptions,
): IExporterTransport {
  const { protocol, url, headers, compression } = collector;
  const transport = { url, headers, compression, tls };
  if (protocol === "http/json") return createHttpTransport(transport, "application/json");
  if (protocol === "http/protobuf") return createHttpTransport(transport, "application/x-protobuf");
  return createGrpcTransport(transport, {
    method: format.method,
    leftOut(header) {
      report({
        code: "otlp_header",
        message: `the header ${JSON.stringify(header)} is not sent: over gRPC a name has letters, digits, "-", "_" and "." only, and a value printable ASCII`,
        subject: header,
      });
    },
  });
}

/** The delegate only logs that a collector has refused a part; here it is told, so that it can be counted. */
function noticeRefusals<T>(
  serializer: ISerializer<T, Answer>,
  refused: (count: number) => void,
): ISerializer<T, Answer> {
  return {
    serializeRequest: (items) => serializer.serializeRequest(items),
    deserializeResponse(bytes) {
      const { partialSuccess } = serializer.deserializeResponse(bytes);
      const { rejectedSpans, rejectedDataPoints, rejectedLogRecords } = partialSuccess ?? {};
      // A 64-bit number is a string in JSON.
      const count = Number(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords ?? 0);
      if (count > 0) refused(count);
      return {};
    },
  };
}
