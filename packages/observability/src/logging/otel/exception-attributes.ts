import type { Attributes } from "@opentelemetry/api";

/** An error as it stands on a line. */
interface WrittenError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
}

/**
 * Puts an error, as it stands on a line, into the attributes that OpenTelemetry has for it. Its causes stand below its
 * stack, as Java writes them: there is no attribute for them. What is no error stays in `error`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export function exceptionAttributes(error: unknown): Attributes {
  if (error === undefined) return {};
  if (!isWritten(error)) return { error };
  const attributes: Attributes = {};
  if (error.name !== undefined) attributes["exception.type"] = error.name;
  if (error.message !== undefined) attributes["exception.message"] = error.message;
  const stack = [error, ...causesOf(error)].map(described).join("\nCaused by: ");
  if (stack !== "") attributes["exception.stacktrace"] = stack;
  return attributes;
}

/** Lines are of bounded depth. */
function causesOf({ cause }: WrittenError): unknown[] {
  if (cause === undefined || cause === null) return [];
  return isWritten(cause) ? [cause, ...causesOf(cause)] : [cause];
}

function described(error: unknown): string {
  if (!isWritten(error)) return typeof error === "string" ? error : JSON.stringify(error);
  const { name, message, stack } = error;
  return typeof stack === "string"
    ? stack
    : [name, message].filter((part) => typeof part === "string").join(": ");
}

function isWritten(error: unknown): error is WrittenError {
  return (
    typeof error === "object" &&
    error !== null &&
    !Array.isArray(error) &&
    ("stack" in error || ("name" in error && "message" in error))
  );
}
