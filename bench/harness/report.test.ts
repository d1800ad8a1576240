import { expect, it } from "vitest";
import { describeMachine, formatTable } from "./report.ts";
import type { Result } from "./row.ts";

const result: Result = {
  name: "fast",
  unit: "µs",
  ours: 1,
  theirs: 4,
  ratio: 0.25,
  p10: 0.2,
  p90: 0.3,
  limit: 0.5,
  target: "<= 0.5 x",
  met: true,
};

it("lines columns up and leaves out what a row does not have", () => {
  const absolute = { ...result, name: "small", theirs: null, ratio: null, met: false };
  expect(formatTable([result, absolute]).split("\n")).toEqual([
    "       ours  theirs  unit  ratio  p10  p90  target    met",
    "fast      1       4  µs     0.25  0.2  0.3  <= 0.5 x  yes",
    "small     1          µs           0.2  0.3  <= 0.5 x  NO",
  ]);
});

it("names the processor and the version of Node", () => {
  expect(describeMachine()).toMatch(/ x \d+, load \d+\.\d\d, Node \d+\.\d+\.\d+, /);
});
