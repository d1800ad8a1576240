import { createBoundedNames } from "./bounded-names.ts";
import type { EventRate } from "./event-rate.ts";
import { createEventRate } from "./event-rate.ts";
import { fairLevel } from "./fair-shares.ts";
import type { SpanBudget } from "./span-budget.ts";
import type { Threshold } from "./threshold.ts";
import { thresholdOf } from "./threshold.ts";

/** What an adaptive sampler holds to. */
export interface AdaptiveBudget {
  /** Spans per second, as of now. */
  readonly targetPerSecond: () => number;
  /** Bounds of the share of any name's traces. */
  readonly minRatio: number;
  readonly maxRatio: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The shares are worked out anew as often as this, and before where the budget of twice that time is spent. */
const INTERVAL_MS = 1000;
/** Seconds of the target that may be saved for a burst, and time in which they are spent again. */
const MAX_CREDIT_SECONDS = 5;
const CREDIT_SECONDS = 1.5;
/** Seconds of the target that are made good at most when too much was kept, and time in which that happens. */
const MAX_DEBT_SECONDS = 20;
const DEBT_SECONDS = 5;
/** Part of the target that is for the share, however much is kept for other reasons. */
const LEAST_PART = 0.1;
const MAX_NAMES = 200;
/** What a trace is taken to have before one was seen. */
const FIRST_GUESS_SPANS = 10;
/** Weight of a trace in the mean of spans per trace. */
const LEARNING_PART = 1 / 16;

interface Name {
  /** Traces since the shares were worked out last. */
  begun: number;
  readonly rate: EventRate;
  spansPerTrace: number | undefined;
  threshold: Threshold | undefined;
}

/**
 * Chooses, about once a second, which share of each name's traces is kept, so that the spans of all come to the target.
 *
 * Between the names it is fair: rare workflows are kept in full, and the frequent ones share what is left. What was kept
 * too much or too little is made good over the next seconds, so that the mean holds also where traffic comes in bursts.
 * Everything happens when traces begin: there is no timer.
 */
export function createAdaptiveBudget(adaptive: AdaptiveBudget): SpanBudget {
  const { targetPerSecond, minRatio, maxRatio, now } = adaptive;
  const most = thresholdOf(maxRatio);
  const names = createBoundedNames<Name>(MAX_NAMES, () => ({
    begun: 0,
    rate: createEventRate(),
    spansPerTrace: undefined,
    threshold: most,
  }));
  let updatedAtMs = now();
  let target = targetPerSecond();
  /** Spans that may be kept beyond the target; below 0, those that were kept too much. */
  let account = 0;
  let spent = 0;

  const expectedOf = ({ spansPerTrace }: Name): number => spansPerTrace ?? FIRST_GUESS_SPANS;

  const update = (seconds: number): void => {
    target = targetPerSecond();
    account += target * seconds - spent;
    account = Math.min(MAX_CREDIT_SECONDS * target, Math.max(-MAX_DEBT_SECONDS * target, account));
    spent = 0;

    const all = [...names.values()];
    const demands = all.map((name) => {
      name.rate.add(name.begun, seconds);
      name.begun = 0;
      return name.rate.perSecond() * expectedOf(name);
    });
    const left = target + account / (account > 0 ? CREDIT_SECONDS : DEBT_SECONDS);
    const level = fairLevel(demands, Math.max(LEAST_PART * target, left));
    for (const [index, name] of all.entries()) {
      const demand = demands[index] ?? 0;
      const ratio = demand > level ? level / demand : 1;
      name.threshold = thresholdOf(Math.min(maxRatio, Math.max(minRatio, ratio)));
    }
  };

  const updateIfDue = (): void => {
    const elapsedMs = now() - updatedAtMs;
    // The clock of a machine may be set back.
    if (elapsedMs < 0) updatedAtMs += elapsedMs;
    const isOverspent = spent > (2 * target * INTERVAL_MS) / 1000;
    if (elapsedMs < (isOverspent ? 1 : INTERVAL_MS)) return;
    updatedAtMs += elapsedMs;
    update(elapsedMs / 1000);
  };

  return {
    reason: "adaptive",
    varies: true,
    thresholdFor(name) {
      const state = names.of(name);
      state.begun++;
      updateIfDue();
      return state.threshold;
    },
    expected: (name) => expectedOf(names.of(name)),
    learn(name, spans) {
      const state = names.of(name);
      state.spansPerTrace =
        state.spansPerTrace === undefined
          ? spans
          : state.spansPerTrace + LEARNING_PART * (spans - state.spansPerTrace);
    },
    spend(spans) {
      spent += spans;
    },
  };
}
