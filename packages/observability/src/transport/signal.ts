import type { IExporterMetricsHelper, ISerializer } from "@opentelemetry/otlp-transformer";
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  LogsExporterMetricsHelper,
  MetricsExporterMetricsHelper,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from "@opentelemetry/otlp-transformer";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** What is exported, in words and in numbers. */
export interface Items<T> {
  readonly one: string;
  readonly many: string;
  readonly count: (items: T) => number;
}

/** How OTLP writes one of the three signals. */
export interface SignalFormat<T> {
  readonly items: Items<T>;
  /** Path of the gRPC method. */
  readonly method: string;
  readonly protobuf: ISerializer<T, Answer>;
  readonly json: ISerializer<T, Answer>;
  readonly helper: IExporterMetricsHelper<T>;
}

/** What a collector answers where it took a request; how many items it refused all the same. */
export interface Answer {
  readonly partialSuccess?: {
    readonly rejectedSpans?: number;
    readonly rejectedDataPoints?: number;
    readonly rejectedLogRecords?: number;
  };
}

export const traces: SignalFormat<ReadableSpan[]> = {
  items: { one: "span", many: "spans", count: (spans) => spans.length },
  method: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
  protobuf: ProtobufTraceSerializer,
  json: JsonTraceSerializer,
  helper: TraceExporterMetricsHelper,
};

export const metrics: SignalFormat<ResourceMetrics> = {
  items: {
    one: "metric",
    many: "metrics",
    count: ({ scopeMetrics }) => scopeMetrics.reduce((sum, scope) => sum + scope.metrics.length, 0),
  },
  method: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
  protobuf: ProtobufMetricsSerializer,
  json: JsonMetricsSerializer,
  helper: MetricsExporterMetricsHelper,
};

export const logs: SignalFormat<ReadableLogRecord[]> = {
  items: { one: "log record", many: "log records", count: (records) => records.length },
  method: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
  protobuf: ProtobufLogsSerializer,
  json: JsonLogsSerializer,
  helper: LogsExporterMetricsHelper,
};
