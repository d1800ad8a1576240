import type { Kind } from "../config/kind.ts";
import { flag, ratio } from "../config/kind.ts";
import type { Report } from "../problem.ts";
import { checkTail } from "./check-tail.ts";
import { openSection } from "./option-section.ts";
import type {
  AdaptiveSamplingOptions,
  SamplingOptions,
  TailSamplingOptions,
} from "./sampling-options.ts";
import type { TailSettings } from "./tail-settings.ts";

/** What an adaptive sampler holds to; checked. One of the two targets is there. */
export interface AdaptiveSettings {
  readonly spansPerSecond: number | undefined;
  readonly overhead: number | undefined;
  readonly minRatio: number;
  readonly maxRatio: number;
}

/** What the option `sampling` comes to; undefined for what is off. */
export interface SamplingSettings {
  readonly tail: TailSettings | undefined;
  readonly adaptive: AdaptiveSettings | undefined;
}

const SAMPLING: Readonly<Record<keyof SamplingOptions, true>> = { tail: true, adaptive: true };
const ADAPTIVE: Readonly<Record<keyof AdaptiveSamplingOptions, true>> = {
  targetSpansPerSecond: true,
  targetOverhead: true,
  minRatio: true,
  maxRatio: true,
};

const rate: Kind<number> = {
  ...ratio,
  expected: "a number above 0",
  fits: (value) => value > 0 && value < Infinity,
};
const share: Kind<number> = {
  ...ratio,
  expected: "a number above 0, at most 1",
  fits: (value) => value > 0 && value <= 1,
};

/**
 * Checks the option `sampling`.
 *
 * @throws TypeError or RangeError for a wrong option, also for two that do not go together; an unknown name is reported.
 */
export function checkSampling(given: unknown, report: Report): SamplingSettings {
  const read = openSection("sampling", given, { fields: SAMPLING, report });
  const { tail, adaptive } = (given ?? {}) as SamplingOptions;
  const isTail = typeof tail === "object" || (read("tail", flag) ?? false);
  const settings: SamplingSettings = {
    tail: isTail ? checkTail(tail === true ? undefined : tail, report) : undefined,
    adaptive: adaptive === undefined ? undefined : checkAdaptive(adaptive, report),
  };
  if (settings.tail !== undefined && settings.adaptive !== undefined) {
    checkTogether(tail === true ? {} : (tail as TailSamplingOptions), settings.adaptive);
  }
  return settings;
}

function checkAdaptive(given: unknown, report: Report): AdaptiveSettings {
  const read = openSection("sampling.adaptive", given, { fields: ADAPTIVE, report });
  const settings: AdaptiveSettings = {
    spansPerSecond: read("targetSpansPerSecond", rate),
    overhead: read("targetOverhead", share),
    minRatio: read("minRatio", ratio, 0),
    maxRatio: read("maxRatio", share, 1),
  };
  if ((settings.spansPerSecond === undefined) === (settings.overhead === undefined)) {
    throw new TypeError(
      `initializeObservability: sampling.adaptive has ${settings.overhead === undefined ? "neither targetSpansPerSecond nor" : "both targetSpansPerSecond and"} targetOverhead; expected one of them`,
    );
  }
  if (settings.minRatio > settings.maxRatio) {
    throw new RangeError(
      `initializeObservability: sampling.adaptive.minRatio is ${settings.minRatio}; expected at most maxRatio, which is ${settings.maxRatio}`,
    );
  }
  return settings;
}

function checkTogether(tail: TailSamplingOptions, { overhead }: AdaptiveSettings): void {
  if (tail.ratio !== undefined) {
    throw new TypeError(
      `initializeObservability: sampling.tail.ratio is ${tail.ratio}; expected none beside sampling.adaptive, which chooses it`,
    );
  }
  if (overhead !== undefined) {
    throw new TypeError(
      `initializeObservability: sampling.adaptive.targetOverhead is ${overhead}; expected targetSpansPerSecond beside sampling.tail, for which every span is recorded whatever is kept`,
    );
  }
}
