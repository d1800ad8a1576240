import { WorkflowError } from "./workflow-error.ts";

/** A branch was told to stop: a sibling decided, or its engine cancelled it. A caller's own abort rejects with its `signal.reason` instead. */
export class CancelledError extends WorkflowError {
  static {
    this.prototype.name = "AbortError";
  }
  readonly code = "CANCELLED";
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
