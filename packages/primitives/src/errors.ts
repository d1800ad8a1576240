const codes = [
  "ALL_FAILED",
  "BRANCH_LOST",
  "BULKHEAD_FULL",
  "CANCELLED",
  "CIRCUIT_OPEN",
  "CONCURRENT_CALL",
  "DEADLINE_EXCEEDED",
  "INVALID_INPUT",
  "NOT_SERIALIZABLE",
  "NO_CASE",
  "NO_ROUTE",
  "QUORUM_NOT_MET",
  "RATE_LIMITED",
  "SAGA_FAILED",
  "STATE_CONFLICT",
  "TIMEOUT",
  "WAIT_TIMEOUT",
] as const;

/**
 * Codes of the errors this package throws. Handlers go by `code`, never by `instanceof`: a code survives duplicate
 * copies of the package and the way over a wire.
 */
export type WorkflowErrorCode = (typeof codes)[number];

interface ErrorsByCode {
  readonly ALL_FAILED: AllFailedError;
  readonly BRANCH_LOST: BranchLostError;
  readonly BULKHEAD_FULL: BulkheadFullError;
  readonly CANCELLED: CancelledError;
  readonly CIRCUIT_OPEN: CircuitOpenError;
  readonly CONCURRENT_CALL: ConcurrentCallError;
  readonly DEADLINE_EXCEEDED: DeadlineExceededError;
  readonly INVALID_INPUT: InvalidInputError;
  readonly NOT_SERIALIZABLE: NotSerializableError;
  readonly NO_CASE: NoCaseError;
  readonly NO_ROUTE: NoRouteError;
  readonly QUORUM_NOT_MET: QuorumError;
  readonly RATE_LIMITED: RateLimitedError;
  readonly SAGA_FAILED: SagaError;
  readonly STATE_CONFLICT: StateConflictError;
  readonly TIMEOUT: TimeoutError;
  readonly WAIT_TIMEOUT: WaitTimeoutError;
}

/** What every error of this package has in common. `name` is on the prototype, so that JSON of an error does not change after a wire. */
export abstract class WorkflowError extends Error {
  abstract readonly code: WorkflowErrorCode;
}

/** A branch was told to stop: a sibling decided, or its engine cancelled it. A caller's own abort rejects with its `signal.reason` instead. */
export class CancelledError extends WorkflowError {
  static {
    this.prototype.name = "AbortError";
  }
  readonly code = "CANCELLED";
}

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

/** Two operations of one branch ran at once; durable engines cannot replay that. The message names both paths. */
export class ConcurrentCallError extends WorkflowError {
  static {
    this.prototype.name = "ConcurrentCallError";
  }
  readonly code = "CONCURRENT_CALL";
}

/** Two branches of one fork wrote the same key of `state`. */
export class StateConflictError extends WorkflowError {
  static {
    this.prototype.name = "StateConflictError";
  }
  readonly code = "STATE_CONFLICT";
  readonly key: string;
  constructor(message: string, key: string) {
    super(message);
    this.key = key;
  }
}

/** A branch ended for a reason that is not its own code's: killed by an operator, or out of recoveries. */
export class BranchLostError extends WorkflowError {
  static {
    this.prototype.name = "BranchLostError";
  }
  readonly code = "BRANCH_LOST";
}

/** A value that has to cross a wire or a journal cannot be written as JSON. */
export class NotSerializableError extends WorkflowError {
  static {
    this.prototype.name = "NotSerializableError";
  }
  readonly code = "NOT_SERIALIZABLE";
}

/** A workflow's input did not pass its schema. `issues` are the schema's own. */
export class InvalidInputError extends WorkflowError {
  static {
    this.prototype.name = "InvalidInputError";
  }
  readonly code = "INVALID_INPUT";
  readonly issues: readonly unknown[];
  constructor(message: string, issues: readonly unknown[]) {
    super(message);
    this.issues = issues;
  }
}

/** Every branch of a race failed. `errors` are in branch order, `cause` is the first failure. */
export class AllFailedError extends WorkflowError {
  static {
    this.prototype.name = "AllFailedError";
  }
  readonly code = "ALL_FAILED";
  readonly errors: readonly unknown[];
  constructor(message: string, errors: readonly unknown[]) {
    super(message, { cause: errors[0] });
    this.errors = errors;
  }
}

/** Fewer branches succeeded than the quorum asks for. `errors` are in branch order. */
export class QuorumError extends WorkflowError {
  static {
    this.prototype.name = "QuorumError";
  }
  readonly code = "QUORUM_NOT_MET";
  readonly quorum: number;
  readonly errors: readonly unknown[];
  constructor(message: string, quorum: number, errors: readonly unknown[]) {
    super(message, { cause: errors[0] });
    this.quorum = quorum;
    this.errors = errors;
  }
}

/** `switchCase` selected a key that has no case, and there is no default. */
export class NoCaseError extends WorkflowError {
  static {
    this.prototype.name = "NoCaseError";
  }
  readonly code = "NO_CASE";
  readonly key: string;
  constructor(message: string, key: string) {
    super(message);
    this.key = key;
  }
}

/** `router` selected a route that does not exist, and there is no default. */
export class NoRouteError extends WorkflowError {
  static {
    this.prototype.name = "NoRouteError";
  }
  readonly code = "NO_ROUTE";
  readonly route: string;
  constructor(message: string, route: string, options?: ErrorOptions) {
    super(message, options);
    this.route = route;
  }
}

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

/** A saga failed. Step names in the order in which their compensations ran; `cause` is the error of the step that failed. */
export class SagaError extends WorkflowError {
  static {
    this.prototype.name = "SagaError";
  }
  readonly code = "SAGA_FAILED";
  readonly compensated: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  /** What the failed compensations threw, in the order of `failed`. */
  readonly errors: readonly unknown[];
  constructor(
    message: string,
    outcome: Pick<SagaError, "compensated" | "failed" | "skipped" | "errors">,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.compensated = outcome.compensated;
    this.failed = outcome.failed;
    this.skipped = outcome.skipped;
    this.errors = outcome.errors;
  }
}

const known: ReadonlySet<unknown> = new Set(codes);

/**
 * Tells whether an error is one of this package's, or the one of a code.
 *
 * @example
 * ```ts
 * import { isWorkflowError } from "@tta-dev/primitives";
 *
 * const failure: unknown = new Error("…");
 * if (isWorkflowError(failure, "CIRCUIT_OPEN")) console.log(`try again in ${failure.retryAfterMs} ms`);
 * ```
 */
export function isWorkflowError<C extends WorkflowErrorCode>(
  error: unknown,
  code?: C,
): error is ErrorsByCode[C] {
  if (error === null || typeof error !== "object") return false;
  const {
    name,
    message,
    code: own,
  } = error as Partial<Record<"name" | "message" | "code", unknown>>;
  if (typeof name !== "string" || typeof message !== "string") return false;
  return code === undefined ? known.has(own) : own === code;
}
