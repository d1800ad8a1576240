import { expect, test } from "vitest";
import { createBoundedNames } from "./bounded-names.ts";

test("names beyond the limit share one thing", () => {
  let made = 0;
  const names = createBoundedNames(2, () => ++made);
  expect(["a", "b", "a", "c", "d", "b"].map((name) => names.of(name))).toEqual([1, 2, 1, 3, 3, 2]);
  expect([...names.values()]).toEqual([1, 2, 3]);
});
