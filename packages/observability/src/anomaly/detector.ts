import { createRing } from "./ring.ts";
import { median, robustSpread } from "./robust.ts";
import { createSeasonalBaseline } from "./seasonal-baseline.ts";

/** One bucket of one signal. */
export interface Observation {
  /** Start of the bucket, epoch milliseconds. */
  readonly atMs: number;
  /** Above 0. */
  readonly value: number;
  /** How many events stand behind a bucket that is as expected: few events scatter widely by themselves. */
  readonly evidence: (expected: number) => number;
}

/** What is thought of a bucket. */
export interface Verdict {
  /** Distance from the usual in units of the usual scatter; undefined while too little is known. */
  readonly score: number | undefined;
  readonly expected: number | undefined;
  /** What changed with this bucket. */
  readonly change: "started" | "ended" | undefined;
  readonly isAnomalous: boolean;
}

/** Watches one signal of one series, in bounded memory. */
export interface Detector {
  readonly observe: (observation: Observation) => Verdict;
  /** A value above this is unusual now; undefined while too little is known. */
  readonly highest: () => number | undefined;
}

export interface DetectorOptions {
  /** Distance from which a bucket is unusual. */
  readonly threshold: number;
  /** Of the latest `window` buckets so many must be unusual, to the same side. */
  readonly persistence: { readonly unusual: number; readonly window: number };
  readonly seasonMs: number;
  readonly seasons: number;
  /** Values below the usual are no matter. */
  readonly onlyAbove?: boolean;
}

/** Quarters of an hour in a day: fine enough for a morning's rise, coarse enough to have several buckets each. */
const SLOT_MS = 900_000;
/** Two hours of minutes: what the level of today is, and how much it scatters. */
const RECENT = 120;
/** Fewer buckets than this say nothing of scatter. */
const LEAST_RECENT = 30;
/** Without a season behind it, a rise may be the morning: it takes more to be unusual. */
const COLD_FACTOR = 1.5;
/** Scatter below 5 % is not believed: the world is not that quiet. */
const LEAST_SPREAD = 0.05;

/**
 * Compares each bucket with what is usual at its time: the logarithm of the ratio to the seasonal median, less the level of
 * the last two hours, in units of its own robust spread. Until a season is known, the level of the last two hours stands in
 * for it, with a wider margin. What so few events scatter by chance counts for no more than chance.
 *
 * A lasting shift is told once; after about an hour it is the new level.
 */
export function createDetector(options: DetectorOptions): Detector {
  const { threshold, persistence, seasonMs, seasons, onlyAbove = false } = options;
  const baseline = createSeasonalBaseline({
    seasonMs,
    seasons,
    slots: Math.max(1, Math.round(seasonMs / SLOT_MS)),
    leastSeasons: 2,
  });
  const seasonal = createRing(RECENT);
  const plain = createRing(RECENT);
  const sides = createRing(persistence.window);
  let isAnomalous = false;
  let highest: number | undefined;

  const judge = (
    { value, evidence }: Observation,
    distance: number | undefined,
  ): Pick<Verdict, "score" | "expected"> => {
    const log = Math.log(value);
    const isCold = distance === undefined || seasonal.size() < LEAST_RECENT;
    const recent = (isCold ? plain : seasonal).values();
    highest = undefined;
    if (recent.length < LEAST_RECENT) return { score: undefined, expected: undefined };
    const level = median(recent);
    const spread = Math.max(robustSpread(recent, level), LEAST_SPREAD);
    const offset = (isCold ? log : distance) - level;
    const expected = Math.exp(log - offset);
    const caution = isCold ? COLD_FACTOR : 1;
    highest = expected * Math.exp(spread * threshold * caution);
    const byChance = Math.abs(chanceScore(evidence(expected), value / expected));
    const size = Math.min(Math.abs(offset) / spread, byChance) / caution;
    return { score: Math.sign(offset) * size, expected };
  };

  const sideOf = (score: number | undefined): number => {
    if (score === undefined || Math.abs(score) < threshold) return 0;
    return onlyAbove && score < 0 ? 0 : Math.sign(score);
  };

  const persists = (): boolean => {
    const kept = sides.values();
    return [1, -1].some((side) => kept.filter((one) => one === side).length >= persistence.unusual);
  };

  return {
    observe(observation) {
      const { atMs, value } = observation;
      const log = Math.log(value);
      const distance = baseline.distance(atMs, log);
      const { score, expected } = judge(observation, distance);
      if (distance !== undefined) seasonal.push(distance);
      plain.push(log);
      baseline.add(atMs, log);
      sides.push(sideOf(score));
      const before = isAnomalous;
      isAnomalous = before ? sides.values().some((side) => side !== 0) : persists();
      const change = isAnomalous === before ? undefined : isAnomalous ? "started" : "ended";
      return { score, expected, change, isAnomalous };
    },
    highest: () => highest,
  };
}

/**
 * Distance of a count from its expectation in standard deviations, if it were Poisson's: the signed root of the deviance,
 * which is good in the tails, too (McCullagh and Nelder, "Generalized Linear Models", 2.4).
 */
function chanceScore(expected: number, ratio: number): number {
  const deviance = 2 * expected * (ratio * Math.log(ratio) - (ratio - 1));
  return Math.sign(ratio - 1) * Math.sqrt(Math.max(0, deviance));
}
