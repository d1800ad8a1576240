/** How an execution ended: `execution.status` and the label `status`. */
export type ExecutionStatus = "success" | "error" | "cancelled" | "timeout" | "rejected";

export interface Failure {
  readonly status: Exclude<ExecutionStatus, "success">;
  /** `error.type`: a code where there is one, else the error's class. */
  readonly type: string;
  readonly message: string;
}

const REJECTED: ReadonlySet<string> = new Set([
  "CIRCUIT_OPEN",
  "BULKHEAD_FULL",
  "RATE_LIMITED",
  "BUDGET_EXCEEDED",
]);
const TIMED_OUT: ReadonlySet<string> = new Set(["TIMEOUT", "DEADLINE_EXCEEDED", "WAIT_TIMEOUT"]);

/** `error.message` on a span; longer ones are cut. */
const MAX_MESSAGE = 2048;

/**
 * Says how an execution that ended with `error` is reported.
 *
 * @param wasStopped True when the error is what the execution's own scope was stopped with, whatever its class
 */
export function failureOf(error: unknown, wasStopped: boolean): Failure {
  const { type, name, message } = describeError(error);
  return { status: statusOf(type, name, wasStopped), type, message };
}

function statusOf(type: string, name: string, wasStopped: boolean): Failure["status"] {
  if (TIMED_OUT.has(type) || name === "TimeoutError") return "timeout";
  if (wasStopped || name === "AbortError") return "cancelled";
  return REJECTED.has(type) ? "rejected" : "error";
}

/** Reads an error without trusting it: getters may throw, and anything may be thrown. */
function describeError(error: unknown): { type: string; name: string; message: string } {
  try {
    if (error === null || (typeof error !== "object" && typeof error !== "function"))
      return { type: typeof error, name: "", message: String(error).slice(0, MAX_MESSAGE) };
    const { code, name, message, status, constructor } = error as {
      code?: unknown;
      name?: unknown;
      message?: unknown;
      status?: unknown;
      constructor?: { name?: unknown };
    };
    // Many clients subclass Error without setting `name`.
    const own =
      typeof name === "string" && name !== "" && name !== "Error" ? name : constructor?.name;
    const className = typeof own === "string" && own !== "" ? own : "Error";
    // One that says no more than "Error" may still have said which HTTP status it met.
    const kind = className === "Error" && typeof status === "number" ? String(status) : className;
    return {
      type: typeof code === "string" && code !== "" ? code : kind,
      name: className,
      message: textOf(message ?? error).slice(0, MAX_MESSAGE),
    };
  } catch {
    return { type: "Error", name: "Error", message: "" };
  }
}

/** Whatever was thrown, as text; an object that has none of its own says what it is. */
function textOf(value: unknown): string {
  // oxlint-disable-next-line typescript/no-base-to-string -- "[object Object]" is all that such a value says of itself
  return String(value);
}
