import { inspect } from "node:util";

/** What was given, for a message about it. */
export interface Given {
  /** Where it was given, for example `percentiles: at[0]`. */
  readonly place: string;
  readonly value: unknown;
  /** Completes "expected …". */
  readonly expected: string;
}

/** Makes the error for a value of the wrong type. */
export function wrongType(given: Given): TypeError {
  return new TypeError(message(given));
}

/** Makes the error for a value of the right type that is not allowed. */
export function wrongValue(given: Given): RangeError {
  return new RangeError(message(given));
}

/** @throws TypeError if the value is no object with named fields */
export function checkObject(place: string, value: unknown): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw wrongType({ place, value, expected: "an object with options" });
}

/** @throws TypeError if the value is no string, RangeError if it is empty */
export function checkText(place: string, value: unknown): asserts value is string {
  const given = { place, value, expected: "a non-empty string" };
  if (typeof value !== "string") throw wrongType(given);
  if (value.trim() === "") throw wrongValue(given);
}

/** @throws TypeError if the value is no number, RangeError if it is negative, NaN or infinite */
export function checkAmount(place: string, value: unknown): asserts value is number {
  const given = { place, value, expected: "a finite number of at least 0" };
  if (typeof value !== "number") throw wrongType(given);
  if (!(value >= 0 && value < Infinity)) throw wrongValue(given);
}

/** @throws RangeError if the value is none of the words */
export function checkWord(place: string, value: unknown, words: readonly string[]): void {
  if (typeof value === "string" && words.includes(value)) return;
  const expected = `one of ${words.map((word) => JSON.stringify(word)).join(", ")}`;
  throw wrongValue({ place, value, expected });
}

function message({ place, value, expected }: Given): string {
  const shown = inspect(value, {
    depth: 0,
    maxStringLength: 100,
    maxArrayLength: 5,
    breakLength: Infinity,
    compact: true,
  });
  return `${place} is ${shown}; expected ${expected}`;
}
