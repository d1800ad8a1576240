import type { EndedRun, RunScore } from "@tta-dev/primitives";
import type { DefinedIndicator } from "@tta-dev/primitives/slo";

const NANO_USD = 1_000_000_000;

/** What a run is to an indicator; undefined where it is no event. */
export function judgeRun(indicator: DefinedIndicator, run: EndedRun): "good" | "bad" | undefined {
  switch (indicator.kind) {
    case "availability":
      if (run.status === "success") return "good";
      if (indicator.bad.includes(run.status)) return "bad";
      return indicator.ignored.includes(run.status) ? undefined : "good";
    case "latency":
      return withinLimit(run, workingMs(run) <= indicator.thresholdMs);
    case "cost":
      return withinLimit(run, run.costNanoUsd <= Math.round(indicator.budgetUsd * NANO_USD));
    case "quality":
    case "freshness":
    case "custom":
      return undefined;
  }
}

/** What a score is to an indicator; undefined where it is no event. */
export function judgeScore(
  indicator: DefinedIndicator,
  { name, value }: RunScore,
): "good" | "bad" | undefined {
  if (indicator.kind !== "quality" || indicator.score !== name || Number.isNaN(value))
    return undefined;
  const { threshold, direction } = indicator;
  return (direction === "at_least" ? value >= threshold : value <= threshold) ? "good" : "bad";
}

/** Who exceeds the limit is bad however it ends; within it, only success says anything. */
function withinLimit({ status }: EndedRun, isWithin: boolean): "good" | "bad" | undefined {
  if (!isWithin) return "bad";
  return status === "success" ? "good" : undefined;
}

/** Without what it waited for people; whole nanoseconds, so that a difference of two seconds does not exceed itself. */
function workingMs({ durationSeconds, pausedSeconds }: EndedRun): number {
  return Math.round((durationSeconds - pausedSeconds) * 1e9) / 1e6;
}
