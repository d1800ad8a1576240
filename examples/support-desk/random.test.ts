import { describe, expect, test } from "vitest";
import { createRandom, hash32, uniformOf } from "./random.ts";

describe("seeded random numbers", () => {
  test("the same key gives the same numbers", () => {
    const take = (key: string): number[] => Array.from({ length: 5 }, createRandom(key));
    expect(take("7")).toEqual(take("7"));
    expect(take("7")).not.toEqual(take("8"));
    expect(uniformOf("a")).toBe(uniformOf("a"));
  });

  test("keys that count up are spread evenly over [0, 1)", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let key = 0; key < 10_000; key++) {
      const tenth = Math.floor(uniformOf(`1/request-${key}`) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(900);
    expect(Math.max(...tenths)).toBeLessThan(1100);
  });

  test("a generator's numbers are spread evenly over [0, 1)", () => {
    const random = createRandom("mean");
    let sum = 0;
    for (let count = 0; count < 10_000; count++) sum += random();
    expect(sum / 10_000).toBeCloseTo(0.5, 1);
  });

  test("a hash is a whole number of 32 bits", () => {
    for (const text of ["", "a", "ticket", "\u{1f600}"]) {
      expect(hash32(text)).toBe(hash32(text) >>> 0);
    }
  });
});
