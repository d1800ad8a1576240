import type { WorkflowContext } from "../context.ts";

/** Says whether an error is worth another attempt. */
export type RetryIf = (
  error: unknown,
  attempt: number,
  context: WorkflowContext,
) => boolean | PromiseLike<boolean>;

/** What Node's fetch (undici) and sockets say when the network failed. `fetch` reports them as a TypeError with a cause. */
const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_SOCKET",
]);

/** Never retried, not even by `retryIf`: trying again cannot help, or was ruled out. */
const NEVER: ReadonlySet<unknown> = new Set([
  "CONCURRENT_CALL",
  "STATE_CONFLICT",
  "NOT_SERIALIZABLE",
  "DEADLINE_EXCEEDED",
]);

/** The same input, or a circuit that is still open, would meet the same answer. */
const NOT_BY_DEFAULT: ReadonlySet<unknown> = new Set([
  "CIRCUIT_OPEN",
  "INVALID_INPUT",
  "NO_CASE",
  "NO_ROUTE",
]);

/** Client errors that may pass: request timeout, conflict, too early, too many requests. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 409, 425, 429]);

export function isNeverRetried(error: unknown): boolean {
  return NEVER.has(codeOf(error));
}

/**
 * Says whether an error is worth another try, where the caller says nothing: everything but an open circuit, an abort, a
 * RangeError, a TypeError that is no network failure, and HTTP client errors that will not pass.
 */
export function isRetryable(error: unknown): boolean {
  if (isNeverRetried(error) || NOT_BY_DEFAULT.has(codeOf(error))) return false;
  if (!(error instanceof Error)) return true;
  if (error.name === "AbortError" || error instanceof RangeError) return false;
  if (error instanceof TypeError) return hasNetworkCause(error);
  const status = httpStatusOf(error);
  return status === undefined || status < 400 || status >= 500 || PASSING_STATUSES.has(status);
}

/** The HTTP status that a client put on its error, under one of the usual names. */
function httpStatusOf(error: Error): number | undefined {
  const { status, statusCode, response } = error as {
    status?: unknown;
    statusCode?: unknown;
    response?: { status?: unknown } | null;
  };
  const found = [status, statusCode, response?.status].find((one) => typeof one === "number");
  return typeof found === "number" ? found : undefined;
}

function hasNetworkCause(error: Error): boolean {
  const cause: unknown = error.cause;
  if (NETWORK_CODES.has(codeOf(cause))) return true;
  // Node tries every address of a name and hands out all failures at once.
  const errors = (cause as { errors?: unknown } | undefined)?.errors;
  return Array.isArray(errors) && errors.some((one) => NETWORK_CODES.has(codeOf(one)));
}

function codeOf(error: unknown): unknown {
  return error !== null && typeof error === "object"
    ? (error as { code?: unknown }).code
    : undefined;
}
