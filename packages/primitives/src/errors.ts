import type { AllFailedError, QuorumError } from "./errors/branch-errors.ts";
import type { NoCaseError, NoRouteError } from "./errors/choice-errors.ts";
import type { BranchLostError, NotSerializableError } from "./errors/journal-errors.ts";
import type {
  BulkheadFullError,
  CircuitOpenError,
  RateLimitedError,
} from "./errors/load-errors.ts";
import type {
  CancelledError,
  ConcurrentCallError,
  InvalidInputError,
  StateConflictError,
} from "./errors/run-errors.ts";
import type { SagaError } from "./errors/saga-error.ts";
import type {
  DeadlineExceededError,
  TimeoutError,
  WaitTimeoutError,
} from "./errors/time-errors.ts";
import { workflowErrorCodes, type WorkflowErrorCode } from "./errors/workflow-error.ts";

// A file for each few that are thrown together: an application carries only what its primitives throw.
export { AllFailedError, QuorumError } from "./errors/branch-errors.ts";
export { NoCaseError, NoRouteError } from "./errors/choice-errors.ts";
export { BranchLostError, NotSerializableError } from "./errors/journal-errors.ts";
export { BulkheadFullError, CircuitOpenError, RateLimitedError } from "./errors/load-errors.ts";
export {
  CancelledError,
  ConcurrentCallError,
  InvalidInputError,
  StateConflictError,
} from "./errors/run-errors.ts";
export { SagaError } from "./errors/saga-error.ts";
export { DeadlineExceededError, TimeoutError, WaitTimeoutError } from "./errors/time-errors.ts";
export { WorkflowError, type WorkflowErrorCode } from "./errors/workflow-error.ts";

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

const known: ReadonlySet<unknown> = new Set(workflowErrorCodes);

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
