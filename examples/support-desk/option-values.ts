import { statSync } from "node:fs";

/** A kind of option value: how it is parsed and, for the error line, what was expected. */
export interface ValueKind<T> {
  readonly expected: string;
  /** Returns undefined when the text is not such a value. */
  readonly parse: (text: string) => T | undefined;
}

/** A whole number in digits alone. */
export function wholeNumber(minimum: number, maximum: number): ValueKind<number> {
  return {
    expected: `a whole number from ${minimum} to ${maximum}`,
    parse: (text) => {
      const value = /^\d{1,15}$/u.test(text) ? Number(text) : Number.NaN;
      return value >= minimum && value <= maximum ? value : undefined;
    },
  };
}

/** A decimal number above zero. */
export function numberAboveZero(maximum: number): ValueKind<number> {
  return {
    expected: `a number above 0 and up to ${maximum}`,
    parse: (text) => {
      const value = /^(\d+\.?\d*|\.\d+)$/u.test(text) ? Number(text) : Number.NaN;
      return value > 0 && value <= maximum ? value : undefined;
    },
  };
}

/** One of some words. */
export function oneOf<T extends string>(words: readonly T[]): ValueKind<T> {
  return {
    expected: words.map((word) => `"${word}"`).join(" or "),
    parse: (text) => words.find((word) => word === text),
  };
}

/** A base URL with http or https, without query or fragment; given back without its last slash. */
export const httpUrl: ValueKind<string> = {
  expected: "a base URL such as http://127.0.0.1:4318",
  parse: (text) => {
    const url = URL.parse(text);
    if (url === null || !/^https?:\/\//iu.test(text)) return undefined;
    if (url.hostname === "" || url.search !== "" || url.hash !== "") return undefined;
    return text.replace(/\/+$/u, "");
  },
};

/** The path of a file, which may be made. */
export const anyFile: ValueKind<string> = {
  expected: "the path of a file",
  parse: (text) =>
    text === "" || statSync(text, { throwIfNoEntry: false })?.isDirectory() === true
      ? undefined
      : text,
};

/** The path of a file that exists. */
export const existingFile: ValueKind<string> = {
  expected: "the path of a file that exists",
  parse: (text) =>
    statSync(text, { throwIfNoEntry: false })?.isFile() === true ? text : undefined,
};
