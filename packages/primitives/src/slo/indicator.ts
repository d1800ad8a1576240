import type { ExecutionStatus } from "../catalog/values.ts";

/** How a run may end that did not succeed. */
export type FailureStatus = Exclude<ExecutionStatus, "success">;

/** Which way a score has to lie from its threshold. */
export const scoreDirections = Object.freeze(["at_least", "at_most"] as const);
export type ScoreDirection = (typeof scoreDirections)[number];

/** Each run is an event; it is good unless it ended in one of the bad ways. */
export interface AvailabilityIndicator {
  readonly kind: "availability";
  /** @default error, timeout, rejected */
  readonly bad?: readonly FailureStatus[];
  /**
   * Are no events at all. What is neither bad nor ignored is good.
   *
   * @default cancelled (its caller gave it up), unless it is bad
   */
  readonly ignored?: readonly FailureStatus[];
}

/**
 * A run is good that succeeded within the threshold, and bad when it took longer, however it then ended: who gave up
 * after a minute has waited a minute. One that failed earlier is no event here but in availability.
 *
 * Time that a run spent waiting for a person (`waitFor`) does not count.
 */
export interface LatencyIndicator {
  readonly kind: "latency";
  /** The longest a good run takes, milliseconds. */
  readonly thresholdMs: number;
}

/** A run is good that succeeded within its budget, and bad when it cost more, however it ended. */
export interface CostIndicator {
  readonly kind: "cost";
  /** The most a good run costs, USD: all its calls of models together. */
  readonly budgetUsd: number;
}

/** Each score of that name (`context.score`) is an event. */
export interface QualityIndicator {
  readonly kind: "quality";
  /** Name of the score. */
  readonly score: string;
  /** A score exactly at it is good. */
  readonly threshold: number;
  /** @default "at_least" */
  readonly direction?: ScoreDirection;
}

/**
 * Whether the last run that succeeded is recent enough is looked up at fixed intervals; each look is an event. So it
 * is time that is judged, not traffic. Until the first success it waits as long before it calls anything bad.
 */
export interface FreshnessIndicator {
  readonly kind: "freshness";
  /** The longest that the last success may be ago, milliseconds. */
  readonly maxAgeMs: number;
  /**
   * Milliseconds between two looks, at least 10,000.
   *
   * @default 60_000
   */
  readonly checkEveryMs?: number;
}

/** Has no events but those that the program records itself. */
export interface CustomIndicator {
  readonly kind: "custom";
}

/** What makes an event, and what makes it bad. */
export type SloIndicator =
  | AvailabilityIndicator
  | LatencyIndicator
  | CostIndicator
  | QualityIndicator
  | FreshnessIndicator
  | CustomIndicator;

/** An indicator with every default filled in. */
export type DefinedIndicator = { [K in SloIndicator["kind"]]: Defined<K> }[SloIndicator["kind"]];
type Defined<K extends SloIndicator["kind"]> = Readonly<
  Required<Extract<SloIndicator, { readonly kind: K }>>
>;
