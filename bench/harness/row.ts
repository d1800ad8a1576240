import type { Verification } from "../verify/verification.ts";
import { median, quantile } from "./statistics.ts";

/** One measured pair of blocks, or one measured value, in the unit of its row. */
export interface Sample {
  readonly ours: number;
  /** Null where the row measures a value of ours alone. */
  readonly theirs: number | null;
}

/** How much one process is to measure. */
export interface Plan {
  /** A smoke run: measure little. */
  readonly quick: boolean;
  readonly pairs: number;
  readonly random: () => number;
}

/** A row of the report: what is measured, in which unit, and what it is held against. */
export interface Row {
  readonly name: string;
  /** Unit of `ours` and `theirs`. */
  readonly unit: string;
  /** Bound of the ratio where there is an opponent, of our own value where there is none. */
  readonly limit: number;
  /** What `limit` bounds. */
  readonly bounds: "ratio" | "value";
  /** Processes the samples are gathered from, one after the other. */
  readonly processes: number;
  /** Pairs of blocks in each process. */
  readonly pairs: number;
  /** Flags for those processes, besides `--expose-gc`. */
  readonly nodeFlags?: readonly string[];
  /** Comparison that has to pass before the row is measured. */
  readonly verification?: Verification;
  readonly measure: (plan: Plan) => Promise<readonly Sample[]>;
}

/** A row of the report with its figures. */
export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly theirs: number | null;
  readonly ratio: number | null;
  readonly p10: number;
  readonly p90: number;
  readonly limit: number;
  readonly target: string;
  readonly met: boolean;
}

/** Sums a row's samples up: medians, and the spread of what the limit bounds. */
export function summarize(row: Row, samples: readonly Sample[]): Result {
  const isRatio = row.bounds === "ratio";
  const bounded = samples.map((sample) =>
    isRatio ? sample.ours / theirsOf(row, sample) : sample.ours,
  );
  if (!bounded.every(Number.isFinite))
    throw new RangeError(
      `row "${row.name}" measured ${bounded.join(", ")}: expected finite numbers`,
    );
  const value = median(bounded);
  return {
    name: row.name,
    unit: row.unit,
    ours: rounded(median(samples.map((sample) => sample.ours))),
    theirs: isRatio ? rounded(median(samples.map((sample) => theirsOf(row, sample)))) : null,
    ratio: isRatio ? rounded(value) : null,
    p10: rounded(quantile(bounded, 0.1)),
    p90: rounded(quantile(bounded, 0.9)),
    limit: row.limit,
    target: isRatio ? `<= ${row.limit} x` : `<= ${row.limit} ${row.unit}`,
    met: value <= row.limit,
  };
}

function theirsOf(row: Row, sample: Sample): number {
  if (sample.theirs !== null) return sample.theirs;
  throw new TypeError(
    `row "${row.name}" bounds a ratio: expected every sample to have a value for the opponent`,
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
