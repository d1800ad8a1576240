import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRollingQuantile } from "./rolling-quantile.ts";

const OPTIONS = { quantile: 0.9, minimumCount: 10, windowMs: 1000 };

describe("what is usual", () => {
  test("is not known before the minimum", () => {
    const usual = createRollingQuantile(OPTIONS);
    for (let value = 1; value <= 9; value++) expect(usual.add(value, 0)).toBe(false);
    expect(usual.isAbove(1e6, 0)).toBe(false);
    usual.add(1, 0);
    expect(usual.isAbove(1e6, 0)).toBe(true);
  });

  test("is judged before the value itself counts", () => {
    const usual = createRollingQuantile(OPTIONS);
    for (let index = 0; index < 10; index++) usual.add(1, 0);
    expect(usual.add(5, 0)).toBe(true);
  });

  test("makes none of equal values unusual, 0 included", () => {
    const usual = createRollingQuantile(OPTIONS);
    for (let index = 0; index < 1000; index++) {
      expect(usual.add(index % 2 === 0 ? 0 : 3.7, 0)).toBe(false);
    }
  });

  test("is the quantile of what was there, to the width of a bucket", () => {
    const values = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), {
      minLength: 10,
      maxLength: 300,
    });
    fc.assert(
      fc.property(values, (list) => {
        // Looked for anew: what is asked for in between may be a little old.
        const usual = createRollingQuantile({ ...OPTIONS, minimumCount: list.length });
        for (const value of list) usual.add(value, 0);
        const exact = list.toSorted((a, b) => a - b)[Math.ceil(0.9 * list.length) - 1]!;
        expect(usual.isAbove(exact, 0)).toBe(false);
        expect(usual.isAbove(exact * 1.022, 0)).toBe(true);
      }),
    );
  });

  test("keeps about the right part of a steady stream", () => {
    const usual = createRollingQuantile({ quantile: 0.99, minimumCount: 100, windowMs: 1e9 });
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    let above = 0;
    for (let index = 0; index < 20_000; index++) {
      if (usual.add(1 / random(), index)) above++;
    }
    expect(above / 20_000).toBeGreaterThan(0.005);
    expect(above / 20_000).toBeLessThan(0.013);
  });

  test("is forgotten after two windows", () => {
    const usual = createRollingQuantile(OPTIONS);
    for (let index = 0; index < 20; index++) usual.add(1, 0);
    expect(usual.isAbove(2, 999)).toBe(true);
    expect(usual.isAbove(2, 1500)).toBe(true);
    for (let index = 0; index < 20; index++) usual.add(5, 1500);
    expect(usual.isAbove(5, 1500)).toBe(false);
    // The first window is gone, the second still counts.
    expect(usual.isAbove(2, 2500)).toBe(false);
    expect(usual.isAbove(6, 2500)).toBe(true);
  });

  test("is forgotten at once after a long pause", () => {
    const usual = createRollingQuantile(OPTIONS);
    for (let index = 0; index < 20; index++) usual.add(1, 0);
    expect(usual.isAbove(2, 2000)).toBe(false);
    for (let index = 0; index < 20; index++) usual.add(5, 2000);
    expect(usual.isAbove(5, 2000)).toBe(false);
  });
});
