import { describe, expect, test } from "vitest";
import { displayWidth, padLeft, padRight, singleLine, truncate } from "./display-width.ts";

describe("display width", () => {
  test.each([
    ["", 0],
    ["abc", 3],
    ["├ ✓ é", 5],
    ["e\u0301", 1],
    ["日本", 4],
    ["👩‍💻", 2],
  ])("%j takes %i columns", (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });

  test.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 5, "abcd…"],
    ["日本語", 5, "日本…"],
    ["日本語", 4, "日…"],
    ["abc", 1, "…"],
    ["abc", 0, ""],
    ["abc", -3, ""],
  ])("%j cut to %i columns is %j", (text, columns, cut) => {
    expect(truncate(text, columns)).toBe(cut);
  });

  test("padding counts columns, not characters", () => {
    expect(padRight("日本", 6)).toBe("日本  ");
    expect(padLeft("日本", 6)).toBe("  日本");
    expect(padLeft("abc", 2)).toBe("abc");
  });

  test("a single line has no line breaks, control characters or escape sequences", () => {
    expect(singleLine("\u001B[31mred\u001B[39m\r\n\ttext\u0007 ")).toBe("red text");
  });
});
