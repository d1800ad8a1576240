import { inspect } from "node:util";

/** One sort of setting: what is allowed, how it is read from text, and how the allowed is put into words. */
export interface Kind<T> {
  /** Completes "expected …". */
  readonly expected: string;
  /** Whether the value has the right type. */
  readonly is: (value: unknown) => value is T;
  /** Whether a value of the right type lies in the allowed range. */
  fits(value: T): boolean;
  /** Reads an environment variable; undefined where the text is not of this kind. */
  readonly parse: (text: string) => T | undefined;
  /** Puts a value into a message. */
  readonly show: (value: unknown) => string;
}

const isString = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const always = (): boolean => true;

/** The longest wait that a timer can take; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const text: Kind<string> = {
  expected: "a non-empty string",
  is: isString,
  fits: (value) => value.trim() !== "",
  parse: (value) => value,
  show: shown,
};

export const flag: Kind<boolean> = {
  expected: "true or false",
  is: (value): value is boolean => typeof value === "boolean",
  fits: always,
  parse(value) {
    const lower = value.toLowerCase();
    return lower === "true" ? true : lower === "false" ? false : undefined;
  },
  show: shown,
};

/** A fraction, bounds included. */
export const ratio: Kind<number> = {
  expected: "a number from 0 to 1",
  is: isNumber,
  fits: (value) => value >= 0 && value <= 1,
  parse: numberFrom,
  show: shown,
};

/** A whole number, bounds included. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): Kind<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  return {
    expected: `a whole number, ${range}`,
    is: isNumber,
    fits: (value) => Number.isInteger(value) && value >= least && value <= most,
    parse: numberFrom,
    show: shown,
  };
}

export const milliseconds: Kind<number> = {
  ...wholeNumber(1, LONGEST_TIMER_MS),
  expected: `a whole number of milliseconds, 1 to ${LONGEST_TIMER_MS}`,
};

/** The address of an HTTP server. */
export const httpUrl: Kind<string> = {
  expected: "an http:// or https:// URL such as http://localhost:4318",
  is: (value): value is string => isString(value) && isHttpUrl(value),
  fits: always,
  parse: (value) => (isHttpUrl(value) ? value : undefined),
  show: (value) => (isString(value) ? shown(withoutSecrets(value)) : shown(value)),
};

/** The path of a URL. */
export const urlPath: Kind<string> = {
  expected: 'a path that begins with "/" and has neither "?" nor "#"',
  is: isString,
  fits: (value) => /^\/[^?#\s]*$/.test(value),
  parse: (value) => value,
  show: shown,
};

/**
 * One of a few words.
 *
 * @param aliases Further words that an environment variable may use, in lower case; with them, its case does not matter.
 */
export function oneOf<const T extends string>(
  words: readonly T[],
  aliases?: Readonly<Record<string, T>>,
): Kind<T> {
  const find = (value: unknown): T | undefined => words.find((word) => word === value);
  return {
    expected: words.map((word) => JSON.stringify(word)).join(" or "),
    is: (value): value is T => find(value) !== undefined,
    fits: always,
    parse(value) {
      if (aliases === undefined) return find(value);
      const lower = value.toLowerCase();
      return Object.hasOwn(aliases, lower) ? aliases[lower] : find(lower);
    },
    show: shown,
  };
}

/** A list of a few words; in an environment variable with commas between them. */
export function listOf<const T extends string>(words: readonly T[]): Kind<readonly T[]> {
  const known = (word: unknown): word is T => words.some((one) => one === word);
  return {
    expected: `a list of ${words.join(", ")}`,
    is: (value): value is readonly T[] => Array.isArray(value) && value.every(known),
    fits: always,
    parse(value) {
      const list = value.split(",").map((word) => word.trim().toLowerCase());
      return list.every(known) ? list : undefined;
    },
    show: shown,
  };
}

/** Whether the value is an object with named fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Hides what may be a password or a token in the text of a URL, well-formed or not. */
export function withoutSecrets(url: string): string {
  return url.replace(/^([a-z][a-z+.-]*:\/\/)?.*@/is, "$1***@").replace(/\?.*$/s, "?***");
}

/** Writes a value short and on one line. */
function shown(value: unknown): string {
  return inspect(value, { depth: 0, maxStringLength: 100, breakLength: Infinity });
}

function numberFrom(value: string): number | undefined {
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function isHttpUrl(value: string): boolean {
  const protocol = URL.parse(value)?.protocol;
  return protocol === "http:" || protocol === "https:";
}
