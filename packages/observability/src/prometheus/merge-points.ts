import type { Exemplar, HistogramPoint, NumberPoint } from "./family.ts";

/**
 * Adds up points that have the same labels once these are written, in the place of the first. Nearly always there are
 * none, and the points come back as they are.
 */
export function sumNumbers(points: readonly NumberPoint[]): readonly NumberPoint[] {
  return merged(points, (one, other) => ({
    labels: one.labels,
    value: one.value + other.value,
    nanoUsd:
      one.nanoUsd === undefined || other.nanoUsd === undefined
        ? undefined
        : one.nanoUsd + other.nanoUsd,
    exemplar: later(one.exemplar, other.exemplar),
  }));
}

/** Of points that have the same labels, keeps the last: two states have no sum. */
export function lastNumbers(points: readonly NumberPoint[]): readonly NumberPoint[] {
  return merged(points, (_, other) => other);
}

/** As `sumNumbers`. All points have the same bounds. */
export function sumHistograms(points: readonly HistogramPoint[]): readonly HistogramPoint[] {
  return merged(points, (one, other) => ({
    labels: one.labels,
    bucketCounts: one.bucketCounts.map(
      (count, bucket) => count + (other.bucketCounts[bucket] ?? Number.NaN),
    ),
    count: one.count + other.count,
    sum: one.sum === undefined || other.sum === undefined ? undefined : one.sum + other.sum,
    exemplars: one.bucketCounts.map((_, bucket) =>
      later(one.exemplars?.[bucket], other.exemplars?.[bucket]),
    ),
  }));
}

function merged<P extends { readonly labels: string }>(
  points: readonly P[],
  join: (one: P, other: P) => P,
): readonly P[] {
  const byLabels = new Map<string, P>();
  for (const point of points) {
    const known = byLabels.get(point.labels);
    byLabels.set(point.labels, known === undefined ? point : join(known, point));
  }
  return byLabels.size === points.length ? points : [...byLabels.values()];
}

function later(one: Exemplar | undefined, other: Exemplar | undefined): Exemplar | undefined {
  return one === undefined || (other !== undefined && other.atMs >= one.atMs) ? other : one;
}
