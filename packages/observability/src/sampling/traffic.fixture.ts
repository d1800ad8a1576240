import { createAdaptiveBudget } from "./adaptive-budget.ts";
import { randomnessOf } from "./threshold.ts";

/** Traces of one name that begin by chance, at a rate that may change. */
export interface Traffic {
  readonly name: string;
  /** Spans of a trace, in the mean. */
  readonly spans: number;
  readonly durationMs: number;
  readonly perSecond: (ms: number) => number;
}

export interface Simulation {
  readonly target: number;
  readonly seconds: number;
  /** Whether a trace is decided on when it begins, or when its spans are known. */
  readonly at: "head" | "tail";
  readonly seed: number;
}

export interface SimulatedTraffic {
  /** Kept spans per second between two moments, in seconds. */
  readonly keptPerSecond: (from: number, to: number) => number;
  readonly begun: (name: string) => number;
  readonly kept: (name: string) => number;
}

const STEP_MS = 10;

/** Has an adaptive budget decide on traffic in virtual time. */
export function simulate(
  traffic: readonly Traffic[],
  { target, seconds, at, seed }: Simulation,
): SimulatedTraffic {
  let nowMs = 0;
  const random = randomFrom(seed);
  const budget = createAdaptiveBudget({
    targetPerSecond: () => target,
    minRatio: 0,
    maxRatio: 1,
    now: () => nowMs,
  });
  const due = new Map<number, (() => void)[]>();
  const perStep = new Float64Array((seconds * 1000) / STEP_MS + 1);
  const begun = new Map<string, number>();
  const kept = new Map<string, number>();
  const count = (map: Map<string, number>, name: string): void =>
    void map.set(name, (map.get(name) ?? 0) + 1);
  const later = (ms: number, run: () => void): void => {
    const step = Math.ceil((nowMs + ms) / STEP_MS);
    due.set(step, [...(due.get(step) ?? []), run]);
  };

  /** Its spans are spread over its duration, as a span counter would tell them. */
  const runKept = ({ name, durationMs }: Traffic, spans: number): void => {
    const expected = Math.round(budget.expected(name));
    budget.spend(expected);
    for (let span = 1; span <= spans; span++) {
      later((durationMs * span) / spans, () => {
        if (span > expected) budget.spend(1);
        const step = Math.floor(nowMs / STEP_MS);
        perStep[step] = (perStep[step] ?? 0) + 1;
      });
    }
    later(durationMs, () => {
      budget.learn(name, spans);
      if (spans < expected) budget.spend(spans - expected);
    });
  };

  const begin = (source: Traffic): void => {
    const { name } = source;
    const spans = 1 + Math.floor(-Math.log(random()) * (source.spans - 1));
    count(begun, name);
    if (at === "tail") budget.learn(name, spans);
    const threshold = budget.thresholdFor(name);
    const id = `${digits(random())}${digits(random())}`.padStart(32, "0");
    if (threshold === undefined || randomnessOf(id) < threshold.hex) return;
    count(kept, name);
    if (at === "head") {
      runKept(source, spans);
      return;
    }
    budget.spend(spans);
    const step = Math.floor(nowMs / STEP_MS);
    perStep[step] = (perStep[step] ?? 0) + spans;
  };

  for (; nowMs < seconds * 1000; nowMs += STEP_MS) {
    const step = nowMs / STEP_MS;
    for (const run of due.get(step) ?? []) run();
    due.delete(step);
    for (const source of traffic) {
      for (let left = (source.perSecond(nowMs) * STEP_MS) / 1000 + Math.log(random()); left > 0;) {
        begin(source);
        left += Math.log(random());
      }
    }
  }
  return {
    keptPerSecond(from, to) {
      const steps = perStep.subarray((from * 1000) / STEP_MS, (to * 1000) / STEP_MS);
      return steps.reduce((sum, spans) => sum + spans, 0) / (to - from);
    },
    begun: (name) => begun.get(name) ?? 0,
    kept: (name) => kept.get(name) ?? 0,
  };
}

function digits(value: number): string {
  return Math.floor(value * 2 ** 32)
    .toString(16)
    .padStart(8, "0");
}

/** Mulberry32: the same numbers for the same seed, above 0 and below 1. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}
