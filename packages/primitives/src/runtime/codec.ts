import { NotSerializableError } from "../errors.ts";
import { errorFromJson, errorToJson, isError, type ErrorJson } from "./error-json.ts";

/** Mark an error, and what is undefined in an array. A user's key that reads like one gets one more dollar sign. */
const ERROR_KEY = "$error";
const UNDEFINED_KEY = "$undefined";
const LOOKS_LIKE_IT = /^\$+(error|undefined)$/;
const HAS_MARK = /"\$+(error|undefined)"/;

/** Stands for what is undefined in an array until the array is read: a reviver that returns undefined leaves a hole. */
const NOTHING: unknown = Object.freeze({});

/**
 * Writes a value as JSON: what a journal holds and what crosses machines. Errors are among the values, and what is
 * undefined in an array (the branches that a quorum did without) stays undefined.
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
  const holders = new WeakSet<object>();
  const marked = (mark: string, content: unknown): object => {
    const holder = { [mark]: content };
    holders.add(holder);
    return holder;
  };
  return function replace(key, value) {
    // Not `value`: a `toJSON` (axios errors have one) would have hidden that it is an error.
    const raw = this[key];
    if (isError(raw)) return marked(ERROR_KEY, errorToJson(raw));
    if (raw === undefined && Array.isArray(this)) return marked(UNDEFINED_KEY, true);
    if (value === null || typeof value !== "object" || Array.isArray(value) || holders.has(value))
      return value;
    return Object.keys(value).some((name) => LOOKS_LIKE_IT.test(name))
      ? renamed(value, (name) => (LOOKS_LIKE_IT.test(name) ? `$${name}` : name))
      : value;
  };
}

function revive(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    return items.includes(NOTHING)
      ? items.map((item) => (item === NOTHING ? undefined : item))
      : items;
  }
  const keys = Object.keys(value);
  if (!keys.some((name) => LOOKS_LIKE_IT.test(name))) return value;
  if (keys.length === 1 && keys[0] === ERROR_KEY)
    return errorFromJson((value as { readonly [ERROR_KEY]: ErrorJson })[ERROR_KEY]);
  if (keys.length === 1 && keys[0] === UNDEFINED_KEY) return NOTHING;
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
