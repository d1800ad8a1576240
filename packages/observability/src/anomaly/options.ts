import { inspect } from "node:util";
import type { AnomalyOptions } from "./anomaly.ts";
import { anomalySignals } from "./bucket.ts";

/** The options with every default in place. */
export type AnomalySettings = Required<Omit<AnomalyOptions, "onAnomaly">> &
  Pick<AnomalyOptions, "onAnomaly">;

const DAY_MS = 86_400_000;
// What bounds memory: buckets of a slot of the season, slots, and what is kept for each.
const LEAST_BUCKET_MS = 1000;
const YEAR_MS = 366 * DAY_MS;
const MOST_SEASONS = 100;
const MOST_BUCKETS = 1000;
const MOST_SERIES = 10_000;

/**
 * Checks the options and fills in defaults.
 *
 * @throws TypeError or RangeError that names the option, the value and what was expected.
 */
export function anomalySettings(options: AnomalyOptions = {}): AnomalySettings {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw wrong("options", options, "an object");
  const settings: AnomalySettings = {
    signals: options.signals ?? anomalySignals,
    threshold: options.threshold ?? 4,
    bucketMs: options.bucketMs ?? 60_000,
    persistence: options.persistence ?? { unusual: 2, window: 3 },
    minEvents: options.minEvents ?? 10,
    seasonMs: options.seasonMs ?? DAY_MS,
    seasons: options.seasons ?? 7,
    maxSeries: options.maxSeries ?? 100,
    ...(options.onAnomaly !== undefined && { onAnomaly: options.onAnomaly }),
  };
  const { signals, persistence, onAnomaly } = settings;
  if (!Array.isArray(signals) || !signals.every((signal) => anomalySignals.includes(signal)))
    throw wrong("signals", signals, `an array of ${anomalySignals.join(", ")}`);
  checkNumber("threshold", settings.threshold, {
    least: Number.MIN_VALUE,
    expected: "a number above 0",
  });
  checkNumber("bucketMs", settings.bucketMs, {
    least: LEAST_BUCKET_MS,
    most: DAY_MS,
    expected: `milliseconds, ${LEAST_BUCKET_MS} to ${DAY_MS}`,
  });
  checkNumber("seasonMs", settings.seasonMs, {
    least: settings.bucketMs,
    most: YEAR_MS,
    expected: `milliseconds, at least bucketMs and at most ${YEAR_MS}`,
  });
  checkCount("minEvents", settings.minEvents);
  checkCount("seasons", settings.seasons, MOST_SEASONS);
  checkCount("maxSeries", settings.maxSeries, MOST_SERIES);
  if (typeof persistence !== "object" || persistence === null)
    throw wrong("persistence", persistence, "an object with unusual and window");
  checkCount("persistence.unusual", persistence.unusual);
  checkCount("persistence.window", persistence.window, MOST_BUCKETS);
  if (persistence.unusual > persistence.window)
    throw range("persistence.unusual", persistence.unusual, "at most persistence.window");
  if (onAnomaly !== undefined && typeof onAnomaly !== "function")
    throw wrong("onAnomaly", onAnomaly, "a function");
  return settings;
}

function checkCount(name: string, value: unknown, most?: number): void {
  const expected =
    most === undefined ? "a whole number, 1 or more" : `a whole number, 1 to ${most}`;
  checkNumber(name, value, { least: 1, most, expected });
  if (!Number.isInteger(value)) throw range(name, value, expected);
}

function checkNumber(
  name: string,
  value: unknown,
  limits: { readonly least: number; readonly most?: number | undefined; readonly expected: string },
): void {
  if (typeof value !== "number") throw wrong(name, value, limits.expected);
  if (!(value >= limits.least && value <= (limits.most ?? Number.MAX_VALUE)))
    throw range(name, value, limits.expected);
}

function wrong(name: string, value: unknown, expected: string): TypeError {
  return new TypeError(words(name, value, expected));
}

function range(name: string, value: unknown, expected: string): RangeError {
  return new RangeError(words(name, value, expected));
}

function words(name: string, value: unknown, expected: string): string {
  return `anomalies: ${name} is ${inspect(value, { depth: 1, breakLength: Infinity })}; expected ${expected}`;
}
