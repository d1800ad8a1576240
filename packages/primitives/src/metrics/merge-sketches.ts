import type { SketchData } from "./exponential-sketch.ts";
import { SKETCH_SCALE } from "./sketch-index.ts";

/**
 * Adds sketches up, without loss where they have one scale.
 *
 * Sketches of several scales are brought down to the coarsest, which gives what recording everything there would have
 * given: a bucket holds exactly two of the next finer scale.
 *
 * @see https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponential-scale
 */
export function mergeSketches(sketches: readonly SketchData[]): SketchData {
  const used = sketches.filter(({ counts }) => counts.length > 0);
  if (used.length === 0) return { scale: SKETCH_SCALE, offset: 0, counts: [] };
  const scale = used.reduce((coarsest, sketch) => Math.min(coarsest, sketch.scale), Infinity);
  let first = Infinity;
  let last = -Infinity;
  for (const sketch of used) {
    first = Math.min(first, indexAt(scale, sketch, 0));
    last = Math.max(last, indexAt(scale, sketch, sketch.counts.length - 1));
  }
  const counts = Array.from({ length: last - first + 1 }, () => 0);
  for (const sketch of used)
    for (let slot = 0; slot < sketch.counts.length; slot++)
      counts[indexAt(scale, sketch, slot) - first]! += sketch.counts[slot]!;
  return { scale, offset: first, counts };
}

/** The bucket of a coarser scale that holds a sketch's bucket. Rounded down, below 0 too. */
function indexAt(scale: number, sketch: SketchData, slot: number): number {
  return Math.floor((sketch.offset + slot) / 2 ** (sketch.scale - scale));
}
