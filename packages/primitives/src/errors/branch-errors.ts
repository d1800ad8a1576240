import { WorkflowError } from "./workflow-error.ts";

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
