/** A finished span as plain data, for drawing. */
export interface SpanRecord {
  readonly name: string;
  readonly spanId: string;
  /** Undefined on a root. */
  readonly parentSpanId: string | undefined;
  /** On any clock, as long as it is the same one for all spans of a trace. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: "unset" | "ok" | "error";
}
