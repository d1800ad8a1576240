import { uniformOf } from "../random.ts";

/** What becomes of one call. */
export type Fate = "answer" | "slow" | "rate_limited" | "server_error" | "unavailable" | "reset";

/** Shares of calls, each from 0 to 1, together at most 1; the rest is answered. */
export interface FaultRatios {
  /** Answered, but `slowFactor` times later. */
  readonly slow?: number;
  /** 429 with Retry-After. */
  readonly rateLimited?: number;
  /** 500. */
  readonly serverError?: number;
  /** 503. */
  readonly unavailable?: number;
  /** The connection is reset before the answer. */
  readonly reset?: number;
}

/** A stretch of trace time in which a model answers every call with 503. */
export interface Outage {
  readonly model: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A call as far as its fate depends on it. */
export interface FateInput {
  readonly model: string;
  /** The client's name for the request; all calls made for it share the name. */
  readonly requestKey: string;
  /** Which call for this request to this model it is, from 1. */
  readonly call: number;
  /** When the request arrived, in milliseconds of trace time. */
  readonly arrivalMs: number | undefined;
}

/**
 * Decides a call's fate from the seed and the call alone, so that neither timing nor concurrency
 * can change it.
 */
export function decideFate(
  input: FateInput,
  plan: {
    readonly seed: number;
    readonly faults: FaultRatios;
    readonly outages: readonly Outage[];
  },
): Fate {
  const { model, arrivalMs } = input;
  if (arrivalMs !== undefined) {
    const down = plan.outages.some(
      (outage) =>
        outage.model === model && outage.fromMs <= arrivalMs && arrivalMs < outage.untilMs,
    );
    if (down) return "unavailable";
  }
  const drawn = uniformOf(`${plan.seed}/${model}/${input.requestKey}/${input.call}`);
  let upTo = 0;
  for (const [fate, share] of shares(plan.faults)) {
    upTo += share;
    if (drawn < upTo) return fate;
  }
  return "answer";
}

/** @throws {RangeError} when a share is not from 0 to 1, or all of them are more than 1 */
export function checkFaults(faults: FaultRatios): void {
  let sum = 0;
  for (const [fate, share] of shares(faults)) {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(
        `faults: the share of "${fate}" is ${share}; expected a number from 0 to 1`,
      );
    }
    sum += share;
  }
  if (sum > 1) throw new RangeError(`faults: the shares add up to ${sum}; expected at most 1`);
}

function shares(faults: FaultRatios): readonly (readonly [Fate, number])[] {
  return [
    ["slow", faults.slow ?? 0],
    ["rate_limited", faults.rateLimited ?? 0],
    ["server_error", faults.serverError ?? 0],
    ["unavailable", faults.unavailable ?? 0],
    ["reset", faults.reset ?? 0],
  ];
}
