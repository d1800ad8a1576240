import { WorkflowError } from "./workflow-error.ts";

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
