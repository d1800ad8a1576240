import { describe, expect, test } from "vitest";
import { choosePaint, paintAlways, paintNothing } from "./paint.ts";

describe("choosePaint", () => {
  test.each([
    [true, {}, true],
    [false, {}, false],
    [undefined, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [true, { TERM: "dumb" }, false],
    [false, { FORCE_COLOR: "1" }, true],
    [false, { FORCE_COLOR: "" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [true, { FORCE_COLOR: "false" }, false],
    [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
  ])("a stream whose isTTY is %s with %o is painted: %s", (isTTY, environment, painted) => {
    expect(choosePaint({ isTTY }, environment)).toBe(painted ? paintAlways : paintNothing);
  });
});

describe("painting", () => {
  test("a style surrounds the text with escape sequences", () => {
    expect(paintAlways("red", "text")).toBe("\u001B[31mtext\u001B[39m");
    expect(paintAlways("red", "")).toBe("");
  });

  test("without colours the text stays as it is", () => {
    expect(paintNothing("red", "text")).toBe("text");
  });
});
