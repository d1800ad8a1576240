import type { AnomalySignal, Bucket } from "./bucket.ts";
import { anomalySignals, createBucket, valueOf } from "./bucket.ts";
import { anomalySettings } from "./options.ts";
import { detectorOf } from "./series.ts";
import { median, robustSpread } from "./robust.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const MIN_EVENTS = 10;

/** Something that was put into the data. */
export interface PlantedEvent {
  readonly signal: AnomalySignal;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly factor: number;
}

export interface SyntheticSeries {
  readonly buckets: readonly Bucket[];
  readonly events: readonly PlantedEvent[];
}

/** Mulberry32, a generator of 32 bits of state: the same seed gives the same season everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Makes days of traffic, minute by minute: a day's curve with its peak in the afternoon, quieter weekends, a slow rise, noise
 * that hangs together, and events after the third day, of which no two signals' overlap in time.
 */
export function makeSeries(seed: number, days: number): SyntheticSeries {
  const random = seeded(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const events = plant(random, days);
  const drift = { traffic: 0, latency: 0 };
  const buckets: Bucket[] = [];
  for (let minute = 0; minute < days * DAY_MINUTES; minute++) {
    const factor = (signal: AnomalySignal): number =>
      events.find(
        (one) => one.signal === signal && minute >= one.fromMinute && minute < one.toMinute,
      )?.factor ?? 1;
    drift.traffic = 0.9 * drift.traffic + 0.03 * normal();
    drift.latency = 0.9 * drift.latency + 0.03 * normal();
    const phase = (2 * Math.PI * (minute % DAY_MINUTES)) / DAY_MINUTES;
    const isWeekend = Math.floor(minute / DAY_MINUTES) % 7 >= 5;
    const mean =
      160 * (1 + 0.6 * Math.sin(phase - 2)) * (isWeekend ? 0.7 : 1) * (1 + minute / 100_000);
    const expected = mean * Math.exp(drift.traffic) * factor("throughput");
    const count = Math.max(0, Math.round(expected + Math.sqrt(expected) * normal()));
    const bucket = createBucket(minute * MINUTE_MS, buckets.at(-1));
    bucket.count = count;
    const rate = 0.01 * factor("error_rate");
    bucket.errors = poisson(count * rate, random);
    const seconds =
      0.8 * (1 + 0.25 * Math.sin(phase - 2)) * Math.exp(drift.latency) * factor("latency");
    for (let run = 0; run < Math.min(count, 40); run++)
      bucket.durations.push(seconds * Math.exp(0.5 * normal()));
    const spread = 0.6 / Math.sqrt(Math.max(1, count));
    bucket.costNanoUsd = count * 2e6 * factor("cost") * Math.exp(spread * normal());
    bucket.tokens = count * 900 * factor("tokens") * Math.exp(spread * normal());
    buckets.push(bucket);
  }
  return { buckets, events };
}

function plant(random: () => number, days: number): readonly PlantedEvent[] {
  const events: PlantedEvent[] = [];
  const between = (low: number, high: number): number => low + (high - low) * random();
  // Six hours apart: an alarm can belong to one event only.
  for (let minute = 3 * DAY_MINUTES + 120; minute < days * DAY_MINUTES - 360; minute += 360) {
    const signal = anomalySignals[events.length % anomalySignals.length]!;
    const fromMinute = minute + Math.floor(between(0, 200));
    events.push({
      signal,
      fromMinute,
      toMinute: fromMinute + Math.floor(between(15, 45)),
      factor:
        signal === "error_rate"
          ? between(6, 15)
          : signal === "throughput" && random() < 0.5
            ? between(0.15, 0.4)
            : between(1.8, 3.5),
    });
  }
  return events;
}

/** Knuth's method; enough for small means. */
function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count += 1;
  }
  return count;
}

/** Says of each bucket whether an alarm begins with it. */
export type Method = (buckets: readonly Bucket[], signal: AnomalySignal) => readonly number[];

/** The detector of this folder. */
export const ours: Method = (buckets, signal) => {
  const detector = detectorOf(signal, anomalySettings());
  return buckets.flatMap((bucket, minute) => {
    const read = valueOf(bucket, signal, MIN_EVENTS);
    if (read === undefined) return [];
    return detector.observe({ atMs: bucket.startMs, ...read }).change === "started" ? [minute] : [];
  });
};

/** Mean and standard deviation of the last two hours. */
export const zScore: Method = trailing((recent, value) => {
  const mean = recent.reduce((sum, one) => sum + one, 0) / recent.length;
  const variance = recent.reduce((sum, one) => sum + (one - mean) ** 2, 0) / recent.length;
  return Math.abs(value - mean) > 3 * Math.sqrt(variance);
});

/** Median and MAD of the last two hours. */
export const plainMad: Method = trailing((recent, value) => {
  const middle = median(recent);
  return Math.abs(value - middle) > 3.5 * robustSpread(recent, middle);
});

function trailing(isUnusual: (recent: readonly number[], value: number) => boolean): Method {
  return (buckets, signal) => {
    const values: number[] = [];
    let before = false;
    return buckets.flatMap((bucket, minute) => {
      const value = valueOf(bucket, signal, MIN_EVENTS)?.value;
      if (value === undefined) return [];
      const now = values.length >= 30 && isUnusual(values.slice(-120), value);
      values.push(value);
      const begins = now && !before;
      before = now;
      return begins ? [minute] : [];
    });
  };
}

export interface Evaluation {
  readonly events: number;
  readonly recall: number;
  readonly falseAlarmsPerSeriesDay: number;
}

/** An alarm after the event's end that comes of it: the return to normal. */
const AFTERMATH_MINUTES = 60;

/** Counts what a method finds, from the fourth day on; each signal of each series is a series of its own. */
export function evaluate(method: Method, data: readonly SyntheticSeries[]): Evaluation {
  let found = 0;
  let planted = 0;
  let falseAlarms = 0;
  let days = 0;
  for (const { buckets, events } of data) {
    for (const signal of anomalySignals) {
      const alarms = method(buckets, signal).filter((minute) => minute >= 3 * DAY_MINUTES);
      // Traffic carries tokens and money with it: an alarm there is no false one.
      const relevant = events.filter((event) => isTouched(signal, event.signal));
      const own = events.filter((event) => event.signal === signal);
      planted += own.length;
      found += own.filter(({ fromMinute, toMinute }) =>
        alarms.some((minute) => minute >= fromMinute && minute < toMinute),
      ).length;
      falseAlarms += alarms.filter(
        (minute) =>
          !relevant.some(
            ({ fromMinute, toMinute }) =>
              minute >= fromMinute && minute < toMinute + AFTERMATH_MINUTES,
          ),
      ).length;
      days += buckets.length / DAY_MINUTES - 3;
    }
  }
  return { events: planted, recall: found / planted, falseAlarmsPerSeriesDay: falseAlarms / days };
}

function isTouched(signal: AnomalySignal, by: AnomalySignal): boolean {
  return signal === by || (by === "throughput" && (signal === "cost" || signal === "tokens"));
}
