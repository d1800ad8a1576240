import type { HrTime } from "@opentelemetry/api";
import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { attributes as names } from "@tta-dev/primitives/catalog";
import { createBoundedNames } from "./bounded-names.ts";
import { isLocalRoot } from "./local-root.ts";
import { createRollingQuantile } from "./rolling-quantile.ts";
import { rootName } from "./root-name.ts";
import { KEEP } from "./sampling-attributes.ts";
import type { TailSettings, UnusualSettings } from "./tail-settings.ts";

/** Why a trace is kept for what is in it. */
export const keepReasons = ["marked", "error", "anomaly", "slow", "costly"] as const;
export type KeepReason = (typeof keepReasons)[number];

/** Finds what makes a trace worth keeping. */
export interface TailPolicies {
  /**
   * Looks at a span that has ended.
   *
   * @param costUsd What the trace has cost so far, this span included; undefined where that is not known.
   */
  readonly judge: (span: ReadableSpan, costUsd: number | undefined) => KeepReason | undefined;
  /** Looks at a root that is still running: it may be slow already. */
  readonly judgeRunning: (span: ReadableSpan) => KeepReason | undefined;
}

const { anomalySignal: ANOMALY, executionDetached: DETACHED, executionStatus: STATUS } = names;

/** Names of roots whose usual duration and cost are known; all others share one. */
const MAX_NAMES = 500;

/** Makes the policies, in the order of the reasons: the first that holds is the one that is told. */
export function createTailPolicies(settings: TailSettings, now: () => number): TailPolicies {
  const slow = createUnusual(settings.slow, now);
  const costly = createUnusual(settings.costly, now);

  const isError = (span: ReadableSpan): boolean =>
    span.status.code === SpanStatusCode.ERROR &&
    // Stopped by its caller: nothing went wrong here.
    span.attributes[STATUS] !== "cancelled" &&
    (settings.errors === "any" ||
      (settings.errors === "unrecovered" &&
        (isLocalRoot(span) || span.attributes[DETACHED] === true)));

  return {
    judge(span, costUsd) {
      const { attributes } = span;
      const isRoot = isLocalRoot(span);
      const name = isRoot ? rootName(span.name, attributes) : "";
      // Counted for every root, whatever else is found, so that what is usual is known.
      const isSlow = isRoot && slow.add(name, secondsOf(span.duration));
      const isCostly =
        costUsd !== undefined && (isRoot ? costly.add(name, costUsd) : costly.exceeds(costUsd));
      if (attributes[KEEP] === true) return "marked";
      if (isError(span)) return "error";
      if (attributes[ANOMALY] !== undefined) return "anomaly";
      if (isSlow) return "slow";
      return isCostly ? "costly" : undefined;
    },
    judgeRunning(span) {
      if (span.attributes[KEEP] === true) return "marked";
      const name = rootName(span.name, span.attributes);
      const seconds = now() / 1000 - secondsOf(span.startTime);
      return slow.isAbove(name, seconds) ? "slow" : undefined;
    },
  };
}

interface Unusual {
  readonly add: (name: string, value: number) => boolean;
  readonly isAbove: (name: string, value: number) => boolean;
  /** Whether the value is above the fixed limit, whatever is usual. */
  readonly exceeds: (value: number) => boolean;
}

const NEVER: Unusual = { add: () => false, isAbove: () => false, exceeds: () => false };

function createUnusual(settings: UnusualSettings | undefined, now: () => number): Unusual {
  if (settings === undefined) return NEVER;
  const { limit, quantile } = settings;
  const exceeds = (value: number): boolean => value > limit;
  if (quantile >= 1)
    return {
      add: (_name, value) => exceeds(value),
      isAbove: (_name, value) => exceeds(value),
      exceeds,
    };
  const byName = createBoundedNames(MAX_NAMES, () => createRollingQuantile(settings));
  return {
    exceeds,
    add: (name, value) => byName.of(name).add(value, now()) || exceeds(value),
    isAbove: (name, value) => byName.of(name).isAbove(value, now()) || exceeds(value),
  };
}

function secondsOf([seconds, nanoseconds]: HrTime): number {
  return seconds + nanoseconds / 1e9;
}
