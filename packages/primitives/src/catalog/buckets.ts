/**
 * Upper bounds of the duration histograms, in seconds: 0.01 × 2^k for k = −4 … 15 (0.000625 to 327.68).
 *
 * A bound belongs to its own bucket, as Prometheus' `le` says. None is an integer, so that `le` reads alike in
 * Prometheus 2 and 3.
 */
export const durationBounds: readonly number[] = Array.from(
  { length: 20 },
  (_, k) => 0.01 * 2 ** (k - 4),
);

/** Upper bounds of `evaluation.score`: 0.1 to 1 in tenths. */
export const scoreBounds: readonly number[] = Array.from({ length: 10 }, (_, k) => (k + 1) / 10);
