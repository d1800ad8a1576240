import { describe, expect, test } from "vitest";
import { createRandom } from "./random.ts";
import { countWords, writeWords } from "./words.ts";

describe("words", () => {
  test.each([0, 1, 12, 13, 500])("%i words are exactly that many", (count) => {
    expect(countWords(writeWords(count, createRandom("seed")))).toBe(count);
  });

  test("the same generator writes the same text", () => {
    expect(writeWords(40, createRandom("a"))).toBe(writeWords(40, createRandom("a")));
    expect(writeWords(40, createRandom("a"))).not.toBe(writeWords(40, createRandom("b")));
  });

  test("sentences start with a capital letter and end with a full stop", () => {
    expect(writeWords(13, createRandom("a"))).toMatch(
      /^[A-Z][a-z]*( [a-z]+){11}\. [A-Z][a-z]*\.$/u,
    );
  });
});
