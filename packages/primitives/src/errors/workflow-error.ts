/** Codes of the errors this package throws. */
export const workflowErrorCodes = [
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
export type WorkflowErrorCode = (typeof workflowErrorCodes)[number];

/** What every error of this package has in common. `name` is on the prototype, so that JSON of an error does not change after a wire. */
export abstract class WorkflowError extends Error {
  abstract readonly code: WorkflowErrorCode;
}
