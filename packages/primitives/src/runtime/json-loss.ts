import { isError } from "./error-json.ts";

/** Deeper than any value of a workflow; what lies below is not looked at. */
const MAX_DEPTH = 100;

/**
 * Says where a value is something else after a wire: a Date, a Map, an instance of a class, `NaN`, a cycle.
 *
 * Fields that are undefined are no loss: nobody should tell them from absent ones. In arrays `encode` keeps them.
 *
 * @param at What the value is called in the answer
 * @returns for example `"result.at is a Date, which JSON makes a string"`; undefined where nothing is lost
 */
export function findLoss(value: unknown, at: string): string | undefined {
  try {
    return lossOf(value, at, []);
  } catch {
    return `${at} cannot be read`;
  }
}

function lossOf(value: unknown, at: string, above: readonly object[]): string | undefined {
  if (typeof value === "bigint") return `${at} is a bigint, which JSON cannot hold`;
  if (typeof value === "function" || typeof value === "symbol")
    return `${at} is a ${typeof value}, which JSON leaves out`;
  if (typeof value === "number" && !Number.isFinite(value))
    return `${at} is ${value}, which JSON makes null`;
  if (value === null || typeof value !== "object" || isError(value)) return undefined;
  return lossOfObject(value, at, above);
}

function lossOfObject(value: object, at: string, above: readonly object[]): string | undefined {
  if (above.includes(value)) return `${at} contains itself`;
  if (above.length >= MAX_DEPTH) return undefined;
  const path = [...above, value];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const where = `${at}[${index}]`;
      const loss = lossOf(item, where, path);
      if (loss !== undefined) return loss;
    }
    return undefined;
  }
  const odd = oddClass(value);
  if (odd !== undefined)
    return `${at} is ${odd}, which JSON makes ${value instanceof Date ? "a string" : "a plain object"}`;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function")
    return `${at} has a toJSON(), which JSON puts in its place`;
  for (const key of Object.keys(value)) {
    const loss = lossOf((value as Record<string, unknown>)[key], `${at}.${key}`, path);
    if (loss !== undefined) return loss;
  }
  return undefined;
}

/** The class of what is no plain object; plain objects of another realm are plain. */
function oddClass(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
  const { name } =
    (value as { readonly constructor?: { readonly name?: unknown } }).constructor ?? {};
  return typeof name === "string" && name !== "" ? `a ${name}` : "an instance of a class";
}
