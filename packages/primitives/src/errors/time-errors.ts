import { WorkflowError } from "./workflow-error.ts";

/** A `timeout` expired. */
export class TimeoutError extends WorkflowError {
  static {
    this.prototype.name = "TimeoutError";
  }
  readonly code = "TIMEOUT";
  /** The limit that was exceeded, in milliseconds. */
  readonly timeoutMs: number;
  constructor(message: string, timeoutMs: number, options?: ErrorOptions) {
    super(message, options);
    this.timeoutMs = timeoutMs;
  }
}

/** The run's deadline passed, or a wait would have ended at or after it. `cause` is the error that made the wait necessary. */
export class DeadlineExceededError extends WorkflowError {
  static {
    this.prototype.name = "DeadlineExceededError";
  }
  readonly code = "DEADLINE_EXCEEDED";
}

/** Nobody answered a `waitFor` in time. */
export class WaitTimeoutError extends WorkflowError {
  static {
    this.prototype.name = "WaitTimeoutError";
  }
  readonly code = "WAIT_TIMEOUT";
  readonly timeoutMs: number;
  constructor(message: string, timeoutMs: number) {
    super(message);
    this.timeoutMs = timeoutMs;
  }
}
