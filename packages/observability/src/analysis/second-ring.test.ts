import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSecondRing } from "./second-ring.ts";

describe("a ring of seconds", () => {
  test("counts what a list of all events counts, as far back as it reaches", () => {
    const steps = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 12 })), { maxLength: 80 });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: -20, max: 20 }),
        fc.nat({ max: 12 }),
        (gaps, start, back) => {
          const ring = createSecondRing(8);
          const seconds: number[] = [];
          let second = start;
          for (const gap of gaps) {
            second += gap;
            ring.add(second);
            seconds.push(second);
          }
          const from = Math.max(second - back, second - 7);
          expect(ring.countFrom(second - back)).toBe(seconds.filter((one) => one >= from).length);
          const inEach = Map.groupBy(seconds, (one) => one);
          expect(ring.peak()).toBe(Math.max(0, ...[...inEach.values()].map((all) => all.length)));
        },
      ),
    );
  });

  test("has counted nothing at first, and nothing since its last event", () => {
    const ring = createSecondRing(8);
    expect([ring.countFrom(0), ring.peak()]).toEqual([0, 0]);
    ring.add(5);
    expect(ring.countFrom(6)).toBe(0);
  });
});
