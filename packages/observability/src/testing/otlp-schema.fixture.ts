/**
 * How a field is written, and what it becomes here.
 *
 * `id` is bytes shown as hex, `nanos` a fixed64 as bigint, `count` a fixed64 as number, `attributes` a list of KeyValue
 * as an object, `any` an AnyValue as plain data. A number has the default 0 and a string "", as in proto3; one that is
 * `optional` is undefined where it was not sent.
 */
export type ScalarType =
  | "any"
  | "attributes"
  | "bool"
  | "count"
  | "double"
  | "fixed32"
  | "id"
  | "nanos"
  | "sfixed64"
  | "sint32"
  | "string"
  | "uint";

/** One field: its number, its name in OTLP/JSON, its type. */
export interface Field {
  readonly number: number;
  readonly name: string;
  readonly type: ScalarType | { readonly message: MessageName };
  readonly repeated?: true;
  readonly optional?: true;
}

export type MessageName = keyof typeof layouts;

/**
 * The messages of OTLP 1.x, from opentelemetry-proto: `number name type`, with `[]` for repeated and `?` for optional.
 *
 * Written from the protocol and not from the exporter, so that one checks the other.
 */
const layouts = {
  TraceRequest: ["1 resourceSpans ResourceSpans[]"],
  MetricsRequest: ["1 resourceMetrics ResourceMetrics[]"],
  LogsRequest: ["1 resourceLogs ResourceLogs[]"],
  Resource: ["1 attributes attributes", "2 droppedAttributesCount uint"],
  Scope: [
    "1 name string",
    "2 version string",
    "3 attributes attributes",
    "4 droppedAttributesCount uint",
  ],
  ResourceSpans: ["1 resource Resource", "2 scopeSpans ScopeSpans[]", "3 schemaUrl string"],
  ScopeSpans: ["1 scope Scope", "2 spans Span[]", "3 schemaUrl string"],
  Span: [
    "1 traceId id",
    "2 spanId id",
    "3 traceState string",
    "4 parentSpanId id",
    "5 name string",
    "6 kind uint",
    "7 startTimeUnixNano nanos",
    "8 endTimeUnixNano nanos",
    "9 attributes attributes",
    "10 droppedAttributesCount uint",
    "11 events Event[]",
    "12 droppedEventsCount uint",
    "13 links Link[]",
    "14 droppedLinksCount uint",
    "15 status Status",
    "16 flags fixed32",
  ],
  Event: [
    "1 timeUnixNano nanos",
    "2 name string",
    "3 attributes attributes",
    "4 droppedAttributesCount uint",
  ],
  Link: [
    "1 traceId id",
    "2 spanId id",
    "3 traceState string",
    "4 attributes attributes",
    "5 droppedAttributesCount uint",
    "6 flags fixed32",
  ],
  Status: ["2 message string", "3 code uint"],
  ResourceMetrics: ["1 resource Resource", "2 scopeMetrics ScopeMetrics[]", "3 schemaUrl string"],
  ScopeMetrics: ["1 scope Scope", "2 metrics Metric[]", "3 schemaUrl string"],
  Metric: [
    "1 name string",
    "2 description string",
    "3 unit string",
    "5 gauge Gauge",
    "7 sum Sum",
    "9 histogram Histogram",
    "10 exponentialHistogram ExponentialHistogram",
  ],
  Gauge: ["1 dataPoints NumberPoint[]"],
  Sum: ["1 dataPoints NumberPoint[]", "2 aggregationTemporality uint", "3 isMonotonic bool"],
  Histogram: ["1 dataPoints HistogramPoint[]", "2 aggregationTemporality uint"],
  ExponentialHistogram: ["1 dataPoints ExponentialPoint[]", "2 aggregationTemporality uint"],
  NumberPoint: [
    "2 startTimeUnixNano nanos",
    "3 timeUnixNano nanos",
    "4 asDouble double?",
    "6 asInt sfixed64?",
    "7 attributes attributes",
    "8 flags uint",
  ],
  HistogramPoint: [
    "2 startTimeUnixNano nanos",
    "3 timeUnixNano nanos",
    "4 count count",
    "5 sum double?",
    "6 bucketCounts count[]",
    "7 explicitBounds double[]",
    "9 attributes attributes",
    "10 flags uint",
    "11 min double?",
    "12 max double?",
  ],
  ExponentialPoint: [
    "1 attributes attributes",
    "2 startTimeUnixNano nanos",
    "3 timeUnixNano nanos",
    "4 count count",
    "5 sum double?",
    "6 scale sint32",
    "7 zeroCount count",
    "8 positive Buckets",
    "9 negative Buckets",
    "10 flags uint",
    "12 min double?",
    "13 max double?",
    "14 zeroThreshold double",
  ],
  Buckets: ["1 offset sint32", "2 bucketCounts uint[]"],
  ResourceLogs: ["1 resource Resource", "2 scopeLogs ScopeLogs[]", "3 schemaUrl string"],
  ScopeLogs: ["1 scope Scope", "2 logRecords LogRecord[]", "3 schemaUrl string"],
  LogRecord: [
    "1 timeUnixNano nanos",
    "2 severityNumber uint",
    "3 severityText string",
    "5 body any",
    "6 attributes attributes",
    "7 droppedAttributesCount uint",
    "8 flags fixed32",
    "9 traceId id",
    "10 spanId id",
    "11 observedTimeUnixNano nanos",
    "12 eventName string",
  ],
} as const;

/** The fields of a message. */
export function fieldsOf(message: MessageName): readonly Field[] {
  return layouts[message].map((layout) => {
    const [number = "", name = "", written = ""] = layout.split(" ");
    const type = written.replace(/[?[\]]+$/, "");
    return {
      number: Number(number),
      name,
      type: type in layouts ? { message: type as MessageName } : (type as ScalarType),
      ...(written.endsWith("[]") && { repeated: true as const }),
      ...(written.endsWith("?") && { optional: true as const }),
    };
  });
}
