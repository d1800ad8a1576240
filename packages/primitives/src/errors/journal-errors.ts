import { WorkflowError } from "./workflow-error.ts";

/** A value that has to cross a wire or a journal cannot be written as JSON. */
export class NotSerializableError extends WorkflowError {
  static {
    this.prototype.name = "NotSerializableError";
  }
  readonly code = "NOT_SERIALIZABLE";
}

/** A branch ended for a reason that is not its own code's: killed by an operator, or out of recoveries. */
export class BranchLostError extends WorkflowError {
  static {
    this.prototype.name = "BranchLostError";
  }
  readonly code = "BRANCH_LOST";
}
