import { types } from "node:util";

/** Errors that are written of those that one error gathers. */
const MOST_ERRORS = 10;

/** Whether it is an error, also one of another realm. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || types.isNativeError(value);
  } catch {
    // A proxy may throw even here.
    return false;
  }
}

/**
 * Writes an error: name, message, code, stack, cause (and its cause, and so on) and the errors of an AggregateError.
 * Other fields stay out: clients put whole requests with their headers there.
 *
 * @param copy Copies the value of a field.
 */
export function plainError(
  error: Error,
  copy: (field: string, value: unknown) => unknown,
): Record<string, unknown> {
  const read = (field: string): unknown => {
    try {
      return Reflect.get(error, field) as unknown;
    } catch {
      return undefined;
    }
  };
  const text = (field: string): unknown => {
    const value = read(field);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const code = read("code");
  const errors = read("errors");
  const found: Readonly<Record<string, unknown>> = {
    name: text("name"),
    message: text("message"),
    code: typeof code === "number" ? code : text("code"),
    stack: text("stack"),
    cause: read("cause") ?? undefined,
    errors: Array.isArray(errors) ? errors.slice(0, MOST_ERRORS) : undefined,
  };
  const plain: Record<string, unknown> = {};
  for (const field of Object.keys(found))
    if (found[field] !== undefined) plain[field] = copy(field, found[field]);
  return plain;
}
