import {
  AllFailedError,
  BranchLostError,
  BulkheadFullError,
  CancelledError,
  CircuitOpenError,
  ConcurrentCallError,
  DeadlineExceededError,
  InvalidInputError,
  NoCaseError,
  NoRouteError,
  NotSerializableError,
  QuorumError,
  RateLimitedError,
  SagaError,
  StateConflictError,
  TimeoutError,
  WaitTimeoutError,
  type WorkflowErrorCode,
} from "../errors.ts";

/** Guards go by `code`, but an error of ours that crossed a wire is still an instance of its class. */
const BY_CODE: Readonly<Record<WorkflowErrorCode, { readonly prototype: Error }>> = {
  ALL_FAILED: AllFailedError,
  BRANCH_LOST: BranchLostError,
  BULKHEAD_FULL: BulkheadFullError,
  CANCELLED: CancelledError,
  CIRCUIT_OPEN: CircuitOpenError,
  CONCURRENT_CALL: ConcurrentCallError,
  DEADLINE_EXCEEDED: DeadlineExceededError,
  INVALID_INPUT: InvalidInputError,
  NOT_SERIALIZABLE: NotSerializableError,
  NO_CASE: NoCaseError,
  NO_ROUTE: NoRouteError,
  QUORUM_NOT_MET: QuorumError,
  RATE_LIMITED: RateLimitedError,
  SAGA_FAILED: SagaError,
  STATE_CONFLICT: StateConflictError,
  TIMEOUT: TimeoutError,
  WAIT_TIMEOUT: WaitTimeoutError,
};

/** Default handling depends on these: a RangeError is not retried, a TypeError seldom. */
const BUILT_IN: readonly { readonly name: string; readonly prototype: Error }[] = [
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  URIError,
  EvalError,
  AggregateError,
  DOMException,
];

/** The nearest built-in class of an error: `"Error"` for all others. */
export function classNameOf(error: Error): string {
  return BUILT_IN.find(({ prototype }) => prototype.isPrototypeOf(error))?.name ?? "Error";
}

/** What an error with this name and code inherits from. A code alone is not enough: others use "TIMEOUT" too. */
export function prototypeOf(name: string, code: unknown, className: string): Error {
  if (typeof code === "string" && Object.hasOwn(BY_CODE, code)) {
    const { prototype } = BY_CODE[code as WorkflowErrorCode];
    if (prototype.name === name) return prototype;
  }
  return BUILT_IN.find((one) => one.name === className)?.prototype ?? Error.prototype;
}
