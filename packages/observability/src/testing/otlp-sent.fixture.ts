import type { Message } from "./otlp-protobuf.fixture.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** Something that was sent, with what stood around it. */
export type Sent<T> = T & { readonly resource: Attributes; readonly scope: string };

export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** "" for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly events: readonly {
    readonly name: string;
    readonly timeUnixNano: bigint;
    readonly attributes: Attributes;
  }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number; readonly message: string } | undefined;
}

interface SentPoint {
  readonly attributes: Attributes;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
}

export interface SentNumber extends SentPoint {
  readonly asDouble: number | undefined;
  readonly asInt: number | undefined;
}

interface SentDistribution extends SentPoint {
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface SentHistogram extends SentDistribution {
  readonly bucketCounts: readonly number[];
  readonly explicitBounds: readonly number[];
}

export interface SentExponentialHistogram extends SentDistribution {
  readonly scale: number;
  readonly zeroCount: number;
  readonly positive: { readonly offset: number; readonly bucketCounts: readonly number[] };
  readonly negative: { readonly offset: number; readonly bucketCounts: readonly number[] };
}

/** 1 is delta, 2 cumulative. */
type Temporality = number;

/** One of the four is there. */
export interface SentMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly gauge: { readonly dataPoints: readonly SentNumber[] } | undefined;
  readonly sum:
    | {
        readonly dataPoints: readonly SentNumber[];
        readonly aggregationTemporality: Temporality;
        readonly isMonotonic: boolean;
      }
    | undefined;
  readonly histogram:
    | {
        readonly dataPoints: readonly SentHistogram[];
        readonly aggregationTemporality: Temporality;
      }
    | undefined;
  readonly exponentialHistogram:
    | {
        readonly dataPoints: readonly SentExponentialHistogram[];
        readonly aggregationTemporality: Temporality;
      }
    | undefined;
}

export interface SentLogRecord {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: unknown;
  readonly attributes: Attributes;
  readonly traceId: string;
  readonly spanId: string;
  readonly eventName: string;
}

export function spansIn(message: Message): Sent<SentSpan>[] {
  return sentIn<SentSpan>(message, ["resourceSpans", "scopeSpans", "spans"]);
}

export function metricsIn(message: Message): Sent<SentMetric>[] {
  return sentIn<SentMetric>(message, ["resourceMetrics", "scopeMetrics", "metrics"]);
}

export function logRecordsIn(message: Message): Sent<SentLogRecord>[] {
  return sentIn<SentLogRecord>(message, ["resourceLogs", "scopeLogs", "logRecords"]);
}

/** The three signals are nested alike: by resource, then by scope. */
function sentIn<T>(message: Message, path: readonly [string, string, string]): Sent<T>[] {
  const [byResource, byScope, items] = path;
  return within(message, byResource).flatMap((group) => {
    const { attributes: resource = {} } = (group["resource"] ?? {}) as { attributes?: Attributes };
    return within(group, byScope).flatMap((scoped) => {
      const { name: scope = "" } = (scoped["scope"] ?? {}) as { name?: string };
      return within(scoped, items).map((item) => ({ ...(item as T), resource, scope }));
    });
  });
}

function within(message: Message, field: string): readonly Message[] {
  return (message[field] ?? []) as readonly Message[];
}
