import { inspect } from "node:util";
import type { AnomalyOptions } from "./anomaly.ts";
import { anomalySignals } from "./bucket.ts";

/** The options with every default in place. */
export type AnomalySettings = Required<Omit<AnomalyOptions, "onAnomaly">> &
  Pick<AnomalyOptions, "onAnomaly">;

const DAY_MS = 86_400_000;

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
  if (!Array.isArray(signals) || signals.some((signal) => !anomalySignals.includes(signal)))
    throw wrong("signals", signals, `an array of ${anomalySignals.join(", ")}`);
  for (const name of ["threshold", "bucketMs", "seasonMs"] as const)
    if (!(settings[name] > 0 && Number.isFinite(settings[name])))
      throw range(name, settings[name], "a number above 0");
  for (const name of ["minEvents", "seasons", "maxSeries"] as const)
    checkCount(name, settings[name]);
  if (typeof persistence !== "object" || persistence === null)
    throw wrong("persistence", persistence, "an object with unusual and window");
  checkCount("persistence.unusual", persistence.unusual);
  checkCount("persistence.window", persistence.window);
  if (persistence.unusual > persistence.window)
    throw range("persistence.unusual", persistence.unusual, "at most persistence.window");
  if (settings.seasonMs < settings.bucketMs)
    throw range("seasonMs", settings.seasonMs, "at least bucketMs");
  if (onAnomaly !== undefined && typeof onAnomaly !== "function")
    throw wrong("onAnomaly", onAnomaly, "a function");
  return settings;
}

function checkCount(name: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) < 1)
    throw range(name, value, "a whole number, 1 or more");
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
