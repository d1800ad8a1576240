import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SketchData } from "./exponential-sketch.ts";
import { ExponentialSketch } from "./exponential-sketch.ts";
import { mergeSketches } from "./merge-sketches.ts";
import { sketchIndex } from "./sketch-index.ts";

const values = fc.array(fc.double({ min: 2 ** -29, max: 2 ** 29, noNaN: true }), { maxLength: 60 });

function sketchOf(recorded: readonly number[]): SketchData {
  const sketch = new ExponentialSketch();
  for (const value of recorded) sketch.add(sketchIndex(value));
  return sketch.data();
}

/** A sketch of a coarser scale by its definition: each value is put into its own bucket. */
function coarseSketchOf(recorded: readonly number[], scale: number): SketchData {
  const indexes = recorded.map((value) => sketchIndex(value) >> (5 - scale));
  if (indexes.length === 0) return { scale, offset: 0, counts: [] };
  const offset = Math.min(...indexes);
  const counts = Array.from({ length: Math.max(...indexes) - offset + 1 }, () => 0);
  for (const index of indexes) counts[index - offset]!++;
  return { scale, offset, counts };
}

describe("merged sketches", () => {
  test("are the sketch that recorded everything", () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5 }), (parts) => {
        expect(mergeSketches(parts.map(sketchOf))).toEqual(sketchOf(parts.flat()));
      }),
    );
  });

  test("of several scales are what the coarsest would have recorded", () => {
    const part = fc.tuple(values, fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const used = parts.filter(([recorded]) => recorded.length > 0);
        const coarsest = Math.min(5, ...used.map(([, scale]) => scale));
        const merged = mergeSketches(parts.map((one) => coarseSketchOf(...one)));
        expect(merged).toEqual(
          coarseSketchOf(
            parts.flatMap(([recorded]) => recorded),
            coarsest,
          ),
        );
      }),
    );
  });

  test("do not depend on the order in which they are merged", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [one, two, three] = [sketchOf(a), coarseSketchOf(b, 3), sketchOf(c)];
        const together = mergeSketches([one, two, three]);
        expect(mergeSketches([three, mergeSketches([two, one])])).toEqual(together);
      }),
    );
  });

  test("leave those they were made of alone", () => {
    const part = sketchOf([1, 2]);
    const before = structuredClone(part);
    mergeSketches([part, part]);
    expect(part).toEqual(before);
  });
});
