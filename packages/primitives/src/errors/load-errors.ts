import { WorkflowError } from "./workflow-error.ts";

/** The circuit is open: nothing was called. Not retried by default. */
export class CircuitOpenError extends WorkflowError {
  static {
    this.prototype.name = "CircuitOpenError";
  }
  readonly code = "CIRCUIT_OPEN";
  /** Milliseconds until the breaker lets a probe through; 0 while a probe is under way. */
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** All places of a bulkhead are taken and its queue is full. */
export class BulkheadFullError extends WorkflowError {
  static {
    this.prototype.name = "BulkheadFullError";
  }
  readonly code = "BULKHEAD_FULL";
}

/** A rate limit would make the call wait longer than `maxWaitMs`. */
export class RateLimitedError extends WorkflowError {
  static {
    this.prototype.name = "RateLimitedError";
  }
  readonly code = "RATE_LIMITED";
  /** Milliseconds until a token would have been free. */
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}
