import { NotSerializableError } from "../errors.ts";
import { errorFromJson, errorToJson, isError, type ErrorJson } from "./error-json.ts";

/** Marks an error among values. A user's key that reads like it gets one more dollar sign, so that nothing is mistaken. */
const ERROR_KEY = "$error";
const LOOKS_LIKE_IT = /^\$+error$/;
const HAS_MARK = /"\$+error"/;

/**
 * Writes a value as JSON, errors included: what a journal holds and what crosses machines.
 *
 * As in JSON, a Date becomes a string and `NaN` null; `findLoss` says where that happens.
 *
 * @returns undefined for undefined, as for a function or a symbol
 * @throws NotSerializableError for cycles, bigints and whatever else JSON refuses
 */
export function encode(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, replacer());
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n", 1)[0]! : String(cause);
    throw new NotSerializableError(`the value cannot be written as JSON: ${why}`, { cause });
  }
}

/** Reads what `encode` wrote. */
export function decode(json: string | undefined): unknown {
  if (json === undefined) return undefined;
  return HAS_MARK.test(json) ? JSON.parse(json, revive) : JSON.parse(json);
}

/** A value as another machine would get it. @throws NotSerializableError as `encode` does */
export function overTheWire<T>(value: T): T {
  return decode(encode(value)) as T;
}

/** Returns the replacer of one `stringify`. It knows the holders it made itself, whose key is no user's. */
function replacer(): (
  this: Readonly<Record<string, unknown>>,
  key: string,
  value: unknown,
) => unknown {
  const marked = new WeakSet<object>();
  return function replace(key, value) {
    // Not `value`: a `toJSON` (axios errors have one) would have hidden that it is an error.
    const raw = this[key];
    if (isError(raw)) {
      const holder = { [ERROR_KEY]: errorToJson(raw) };
      marked.add(holder);
      return holder;
    }
    if (value === null || typeof value !== "object" || Array.isArray(value) || marked.has(value))
      return value;
    return Object.keys(value).some((name) => LOOKS_LIKE_IT.test(name))
      ? renamed(value, (name) => (LOOKS_LIKE_IT.test(name) ? `$${name}` : name))
      : value;
  };
}

function revive(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  if (!keys.some((name) => LOOKS_LIKE_IT.test(name))) return value;
  if (keys.length === 1 && keys[0] === ERROR_KEY)
    return errorFromJson((value as { readonly [ERROR_KEY]: ErrorJson })[ERROR_KEY]);
  return renamed(value, (name) => (LOOKS_LIKE_IT.test(name) ? name.slice(1) : name));
}

function renamed(value: object, rename: (name: string) => string): object {
  const copy: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value))
    Object.defineProperty(copy, rename(name), {
      value: inner,
      writable: true,
      configurable: true,
      enumerable: true,
    });
  return copy;
}
