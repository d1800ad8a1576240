import type { Kind } from "../config/kind.ts";
import { milliseconds, oneOf, ratio, wholeNumber } from "../config/kind.ts";
import type { Report } from "../problem.ts";
import { openSection } from "./option-section.ts";
import type {
  CostlyTraceOptions,
  SlowTraceOptions,
  TailSamplingOptions,
} from "./sampling-options.ts";
import type { TailSettings, UnusualSettings } from "./tail-settings.ts";

const TAIL: Readonly<Record<keyof TailSamplingOptions, true>> = {
  ratio: true,
  errors: true,
  slow: true,
  costly: true,
  timeoutMs: true,
  lateSpanMs: true,
  maxTraces: true,
  maxSpans: true,
  maxBytes: true,
  maxSpansPerTrace: true,
  maxBytesPerTrace: true,
};
const SLOW: Readonly<Record<keyof SlowTraceOptions, true>> = {
  quantile: true,
  thresholdMs: true,
  minimumTraces: true,
};
const COSTLY: Readonly<Record<keyof CostlyTraceOptions, true>> = {
  quantile: true,
  budgetUsd: true,
  minimumTraces: true,
};

const MEBIBYTE = 1024 * 1024;
/** Half of the time over which a quantile is taken. */
const WINDOW_MS = 300_000;

const count = wholeNumber(1);
const quantile: Kind<number> = {
  ...ratio,
  expected: "a number above 0, at most 1",
  fits: (value) => value > 0 && value <= 1,
};
const usd: Kind<number> = {
  ...ratio,
  expected: "an amount of 0 or more",
  fits: (value) => value >= 0 && value < Infinity,
};

/**
 * Checks the option `sampling.tail`.
 *
 * @throws TypeError or RangeError for a wrong option.
 */
export function checkTail(given: unknown, report: Report): TailSettings {
  const read = openSection("sampling.tail", given, { fields: TAIL, report });
  const { slow, costly } = (given ?? {}) as TailSamplingOptions;
  return {
    ratio: read("ratio", ratio, 0.05),
    errors: read("errors", oneOf(["unrecovered", "any", "none"]), "unrecovered"),
    slow: slow === false ? undefined : checkSlow(slow, report),
    costly: costly === false ? undefined : checkCostly(costly, report),
    timeoutMs: read("timeoutMs", milliseconds, 300_000),
    lateSpanMs: read("lateSpanMs", milliseconds, 300_000),
    maxTraces: read("maxTraces", count, 10_000),
    maxSpans: read("maxSpans", count, 20_000),
    maxBytes: read("maxBytes", count, 64 * MEBIBYTE),
    maxSpansPerTrace: read("maxSpansPerTrace", count, 2000),
    maxBytesPerTrace: read("maxBytesPerTrace", count, 8 * MEBIBYTE),
  };
}

function checkSlow(given: unknown, report: Report): UnusualSettings {
  const read = openSection("sampling.tail.slow", given, { fields: SLOW, report });
  return {
    quantile: read("quantile", quantile, 0.99),
    limit: read("thresholdMs", milliseconds, Infinity) / 1000,
    minimumCount: read("minimumTraces", count, 100),
    windowMs: WINDOW_MS,
  };
}

function checkCostly(given: unknown, report: Report): UnusualSettings {
  const read = openSection("sampling.tail.costly", given, { fields: COSTLY, report });
  return {
    quantile: read("quantile", quantile, 0.99),
    limit: read("budgetUsd", usd, Infinity),
    minimumCount: read("minimumTraces", count, 100),
    windowMs: WINDOW_MS,
  };
}
