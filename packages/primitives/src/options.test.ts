import * as fc from "fast-check";
import { describe as group, expect, it } from "vitest";
import {
  checkFunction,
  checkNumber,
  checkOneOf,
  checkOptionalNumber,
  checkOptions,
  COUNT,
  describe,
  DURATION,
  POSITIVE_DURATION,
} from "./options.ts";

group("a number option", () => {
  it("is given back when it is right", () => {
    expect(checkNumber(0, "o", DURATION)).toBe(0);
    expect(checkNumber(0.5, "o", POSITIVE_DURATION)).toBe(0.5);
    expect(checkNumber(1, "o", COUNT)).toBe(1);
    expect(checkNumber(5, "o", { min: 1, max: 5 })).toBe(5);
    expect(checkOptionalNumber(undefined, "o", COUNT)).toBeUndefined();
    expect(checkOptionalNumber(3, "o", COUNT)).toBe(3);
  });

  it.each<[unknown, Parameters<typeof checkNumber>[2], Error]>([
    ["5", DURATION, new TypeError('o: expected a finite number of at least 0, got "5"')],
    [null, DURATION, new TypeError("o: expected a finite number of at least 0, got null")],
    [Number.NaN, DURATION, new TypeError("o: expected a finite number of at least 0, got NaN")],
    [
      5n,
      DURATION,
      new TypeError("o: expected a finite number of at least 0, got a value of type bigint"),
    ],
    [-1, DURATION, new RangeError("o: expected a finite number of at least 0, got -1")],
    [Infinity, DURATION, new RangeError("o: expected a finite number of at least 0, got Infinity")],
    [0, POSITIVE_DURATION, new RangeError("o: expected a finite number above 0, got 0")],
    [0, COUNT, new RangeError("o: expected a whole number of at least 1, got 0")],
    [1.5, COUNT, new RangeError("o: expected a whole number of at least 1, got 1.5")],
    [
      6,
      { min: 1, max: 5 },
      new RangeError("o: expected a finite number of at least 1 and at most 5, got 6"),
    ],
  ])("of %s is refused", (value, rule, error) => {
    expect(() => checkNumber(value, "o", rule)).toThrow(error);
    expect(() => checkOptionalNumber(value, "o", rule)).toThrow(error);
  });

  it("that is accepted is finite and within its rule", () => {
    fc.assert(
      fc.property(fc.anything(), fc.boolean(), fc.boolean(), (value, integer, above) => {
        try {
          const number = checkNumber(value, "o", { min: 0, max: 100, integer, above });
          expect(number >= 0 && number <= 100 && (!above || number > 0)).toBe(true);
          expect(!integer || Number.isInteger(number)).toBe(true);
        } catch (error) {
          expect((error as Error).message).toMatch(/^o: expected .*, got /);
        }
      }),
      { numRuns: 500 },
    );
  });
});

group("a function option", () => {
  it("is refused when it is none", () => {
    expect(() => checkFunction(() => 1, "o")).not.toThrow();
    expect(() => checkFunction(undefined, "o", true)).not.toThrow();
    expect(() => checkFunction(undefined, "o")).toThrow(
      new TypeError("o: expected a function, got undefined"),
    );
    expect(() => checkFunction(null, "o", true)).toThrow(
      new TypeError("o: expected a function, got null"),
    );
  });
});

group("options", () => {
  it("are refused when they are no object", () => {
    expect(() => checkOptions({}, "p(options)")).not.toThrow();
    expect(() => checkOptions(null, "p(options)")).toThrow(
      new TypeError("p(options): expected an options object, got null"),
    );
    expect(() => checkOptions(5, "p(options)")).toThrow(
      new TypeError("p(options): expected an options object, got 5"),
    );
  });
});

group("a choice", () => {
  it("is refused when it is none of those allowed", () => {
    expect(() => checkOneOf("a", "o", ["a", "b"])).not.toThrow();
    expect(() => checkOneOf("c", "o", ["a", "b"])).toThrow(
      new RangeError('o: expected one of "a", "b", got "c"'),
    );
    expect(() => checkOneOf(5, "o", ["a", "5"])).toThrow(
      new RangeError('o: expected one of "a", "5", got 5'),
    );
  });
});

it("values are described in a way that fits a message", () => {
  expect(
    ["a", 5, true, null, undefined, [1], { a: 1 }, () => 1, 5n, Symbol("s")].map((value) =>
      describe(value),
    ),
  ).toEqual([
    '"a"',
    "5",
    "true",
    "null",
    "undefined",
    "an array",
    "a value of type object",
    "a value of type function",
    "a value of type bigint",
    "a value of type symbol",
  ]);
});
