import { describe, expect, it } from "vitest";
import { step } from "../define.ts";
import { inShape, keyedNodes } from "./keyed.ts";

const work = (): number => 1;

describe("steps given together", () => {
  it("are known by key, in their order", () => {
    const { keys, nodes, isTuple } = keyedNodes({ b: work, a: step("named", work) }, "parallel");
    expect(keys).toEqual(["b", "a"]);
    expect(nodes.map(({ name }) => name)).toEqual(["work", "named"]);
    expect(isTuple).toBe(false);
  });

  it("in an array are known by position", () => {
    const { keys, isTuple } = keyedNodes([work, work], "race");
    expect([keys, isTuple]).toEqual([["0", "1"], true]);
  });

  it("may be a record without a prototype", () => {
    const record = Object.assign(Object.create(null), { a: work });
    expect(keyedNodes(record, "router").keys).toEqual(["a"]);
  });

  it("are refused by the name of what they are for, and by key", () => {
    expect(() => keyedNodes(work, "race")).toThrow(
      "race(): expected a record or an array of steps, got a value of type function",
    );
    expect(() => keyedNodes([work, null], "race")).toThrow(
      'race(): branch "1": expected a primitive or a function, got null',
    );
  });
});

it("values are put back into the shape the steps came in", () => {
  const entries = [
    ["b", 1],
    ["__proto__", 2],
  ] as const;
  expect(inShape(true, entries)).toEqual([1, 2]);
  const record = inShape(false, entries) as object;
  expect(Object.entries(record)).toEqual(entries);
  expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
});
