import { types } from "node:util";

/**
 * Says in a word what an object is whose fields tell nothing; undefined for all others.
 *
 * @throws what the object throws when it is looked at
 */
export function special(value: object): { readonly value: unknown } | undefined {
  if (types.isDate(value))
    return { value: Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString() };
  if (ArrayBuffer.isView(value)) return { value: `[${value.byteLength} bytes]` };
  if (types.isAnyArrayBuffer(value)) return { value: `[${value.byteLength} bytes]` };
  if (types.isBoxedPrimitive(value)) return { value: value.valueOf() };
  if (value instanceof URL || value instanceof URLSearchParams || types.isRegExp(value))
    return { value: String(value) };
  if (value instanceof Headers) return { value: Object.fromEntries(value) };
  if (types.isPromise(value)) return { value: "[promise]" };
  if (types.isWeakMap(value) || types.isWeakSet(value)) return { value: "[weak collection]" };
  return undefined;
}
