import { classNameOf, prototypeOf } from "./error-class.ts";

/** An error as JSON. What is absent was absent, or could not be written. */
export interface ErrorJson {
  readonly name: string;
  readonly message: string;
  /** The nearest class that is built in. @default "Error" */
  readonly class?: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: ThrownJson;
  readonly errors?: readonly ThrownJson[];
  /** Own enumerable fields that are JSON. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Anything that can be thrown: an error, or a value. `undefined` is neither. */
export interface ThrownJson {
  readonly error?: ErrorJson;
  readonly value?: unknown;
}

/** A chain of causes longer than this loses its end. */
const MAX_DEPTH = 8;
/** Errors written with one error, so that no tangle of causes fills a journal. */
const MAX_ERRORS = 200;

const OWN_NAMES: ReadonlySet<string> = new Set([
  "name",
  "message",
  "stack",
  "code",
  "cause",
  "errors",
]);

/** Also of another realm (a vm context, an iframe), where `instanceof` says no. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
  } catch {
    return false;
  }
}

/** Writes whatever was thrown as JSON. Never throws, whatever getters and proxies do. */
export function thrownToJson(thrown: unknown): ThrownJson {
  return new ErrorWriter().thrown(thrown, []);
}

export function errorToJson(error: Error): ErrorJson {
  return new ErrorWriter().error(error, []);
}

/** Makes what was thrown from its JSON: an error of the same built-in or workflow class, with the same fields. */
export function thrownFromJson({ error, value }: ThrownJson): unknown {
  return error === undefined ? value : errorFromJson(error);
}

export function errorFromJson(json: ErrorJson): Error {
  const { name, message, stack, code, cause, errors, fields } = json;
  const own = json.class ?? "Error";
  const error =
    own === "DOMException"
      ? new DOMException(message, name)
      : (Object.create(prototypeOf(name, code, own)) as Error);
  hide(error, "stack", stack ?? `${name}: ${message}`);
  if (own !== "DOMException") {
    hide(error, "message", message);
    if (error.name !== name) hide(error, "name", name);
    if (code !== undefined) show(error, "code", code);
  }
  if (cause !== undefined) hide(error, "cause", thrownFromJson(cause));
  if (errors !== undefined)
    (own === "AggregateError" ? hide : show)(error, "errors", errors.map(thrownFromJson));
  for (const key of Object.keys(fields ?? {})) show(error, key, fields![key]);
  return error;
}

class ErrorWriter {
  #written = 0;

  thrown(thrown: unknown, above: readonly unknown[]): ThrownJson {
    if (isError(thrown)) return { error: this.error(thrown, above) };
    if (thrown === undefined) return {};
    const value = plain(thrown);
    return { value: value === undefined ? text(thrown, "") : value };
  }

  error(error: Error, above: readonly unknown[]): ErrorJson {
    this.#written++;
    const path = [...above, error];
    const goesOn = (next: unknown): boolean =>
      !isError(next) ||
      (path.length < MAX_DEPTH && this.#written < MAX_ERRORS && !path.includes(next));
    const code = read(error, "code");
    const stack = read(error, "stack");
    const className = classNameOf(error);
    const cause = read(error, "cause");
    const errors = read(error, "errors");
    const fields = this.#fields(error);
    return {
      name: text(read(error, "name"), "Error"),
      message: text(read(error, "message"), ""),
      ...(className !== "Error" && { class: className }),
      ...((typeof code === "string" || typeof code === "number") && { code }),
      ...(typeof stack === "string" && { stack }),
      ...(cause !== undefined && goesOn(cause) && { cause: this.thrown(cause, path) }),
      ...(Array.isArray(errors) && {
        errors: errors.filter(goesOn).map((one) => this.thrown(one, path)),
      }),
      ...(Object.keys(fields).length > 0 && { fields }),
    };
  }

  #fields(error: Error): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const key of keysOf(error)) {
      if (OWN_NAMES.has(key)) continue;
      const value = plain(read(error, key));
      if (value !== undefined) show(fields, key, value);
    }
    return fields;
  }
}

/** The JSON of a value; undefined where it has none. Response headers become a record: `Retry-After` is in them. */
function plain(value: unknown): unknown {
  try {
    if (value instanceof Headers) return Object.fromEntries(value);
    if (value instanceof Response)
      return { status: value.status, headers: Object.fromEntries(value.headers) };
    const json = JSON.stringify(value, (_key, inner: unknown) =>
      isError(inner) ? { name: read(inner, "name"), message: read(inner, "message") } : inner,
    );
    return json === undefined ? undefined : (JSON.parse(json) as unknown);
  } catch {
    return typeof value === "bigint" ? String(value) : undefined;
  }
}

function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function keysOf(error: Error): string[] {
  try {
    return Object.keys(error);
  } catch {
    return [];
  }
}

function text(value: unknown, otherwise: string): string {
  if (typeof value === "string") return value;
  try {
    // oxlint-disable-next-line typescript/no-base-to-string -- whatever there is to say about it
    return value === undefined ? otherwise : String(value);
  } catch {
    return otherwise;
  }
}

function hide(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** Defined, not assigned: `__proto__` is a key like any other. */
function show(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: true,
  });
}
