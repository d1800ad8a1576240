import { wrongType, wrongValue } from "./wrong-argument.ts";

/** A value in a piece of JSON: what is read of it is checked. */
export interface JsonReader {
  readonly value: unknown;
  readonly field: (name: string) => JsonReader;
  readonly items: () => readonly JsonReader[];
  /** Whole numbers of at least 0. Thousands of them come in a snapshot: one is looked at closely only if it is wrong. */
  readonly counts: () => readonly number[];
  readonly text: () => string;
  readonly number: () => number;
  /** A whole number, bounds included. */
  readonly whole: (least: number, most?: number) => number;
  /** Makes the error for a value that is not allowed. */
  readonly refuse: (expected: string) => RangeError;
}

/**
 * Reads JSON from elsewhere.
 *
 * Its functions throw TypeError for a value of the wrong type and RangeError for one that is not allowed.
 *
 * @param place The way to the value, for messages: `metrics[0].name`
 */
export function readJson(place: string, value: unknown): JsonReader {
  const mistyped = (expected: string): TypeError => wrongType({ place, value, expected });
  const refuse = (expected: string): RangeError => wrongValue({ place, value, expected });
  const fields = (): Readonly<Record<string, unknown>> => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw mistyped("an object");
    return value as Readonly<Record<string, unknown>>;
  };
  const finite = (): number => {
    if (typeof value !== "number") throw mistyped("a number");
    if (!Number.isFinite(value)) throw refuse("a finite number");
    return value;
  };
  const list = (): readonly unknown[] => {
    if (!Array.isArray(value)) throw mistyped("an array");
    return value;
  };
  return {
    value,
    refuse,
    field(name) {
      const inner = fields();
      return readJson(`${place}.${name}`, Object.hasOwn(inner, name) ? inner[name] : undefined);
    },
    items: () => list().map((item, index) => readJson(`${place}[${index}]`, item)),
    counts: () =>
      list().map((item, index) =>
        Number.isSafeInteger(item) && (item as number) >= 0
          ? (item as number)
          : readJson(`${place}[${index}]`, item).whole(0),
      ),
    text() {
      if (typeof value !== "string") throw mistyped("a string");
      return value;
    },
    number: finite,
    whole(least, most = Number.MAX_SAFE_INTEGER) {
      const number = finite();
      if (Number.isInteger(number) && number >= least && number <= most) return number;
      const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
      throw refuse(`a whole number, ${range}`);
    },
  };
}
