import { expect, test } from "vitest";
import { durationText } from "./duration-text.ts";

test.each([
  [0, "0.00 ms"],
  [0.004, "0.00 ms"],
  [9.994, "9.99 ms"],
  [9.996, "10.0 ms"],
  [99.94, "99.9 ms"],
  [99.96, "100 ms"],
  [999.4, "999 ms"],
  [999.6, "1.00 s"],
  [9_994, "9.99 s"],
  [9_996, "10.0 s"],
  [59_949, "59.9 s"],
  [59_951, "1 m 00 s"],
  [3_599_400, "59 m 59 s"],
  [3_599_600, "1 h 00 m"],
  [5_400_000, "1 h 30 m"],
  [Number.NaN, "–"],
])("%d ms reads %s", (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});
