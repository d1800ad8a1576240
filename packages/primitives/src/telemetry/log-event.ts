/** Something worth a log line that a primitive did. Published into the slot; observability writes it as a correlated line. */
export interface LogEvent {
  /** What happened, for example `"run.failed"`, `"attempt.retried"`, `"fallback.served"`. */
  readonly event: string;
  readonly level: "debug" | "info" | "warn" | "error";
  /** Epoch milliseconds. */
  readonly timestampMs: number;
  /** Primitive that reports, by name and by path. */
  readonly primitiveName: string;
  readonly primitivePath: string;
  readonly workflowName?: string;
  readonly workflowId?: string;
  readonly correlationId?: string;
  readonly agentType?: string;
  /** Hex trace and span id; absent without an SDK. */
  readonly traceId?: string;
  readonly spanId?: string;
  /** What is particular to this event. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  /** The error, where there is one; its stack and cause chain are the listener's to write. */
  readonly error?: unknown;
}
