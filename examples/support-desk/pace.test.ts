import { expect, test } from "vitest";
import { createPace } from "./pace.ts";

test.each([
  [0.5, 200, 200],
  [4, 25, 25],
  [10, 10, 10],
  [1000, 0.1, 10],
])(
  "at speed %d a hundred milliseconds of the desk take %d, and a limit of as many is %d",
  (speed, wallMs, limitMs) => {
    const pace = createPace(speed);
    expect([pace.wallMs(100), pace.limitMs(100)]).toEqual([wallMs, limitMs]);
  },
);
