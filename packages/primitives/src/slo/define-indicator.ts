import { executionStatuses } from "../catalog/values.ts";
import { checkNumber, checkOneOf, checkOptions, describe, POSITIVE_DURATION } from "../options.ts";
import { checkName } from "../primitive.ts";
import {
  scoreDirections,
  type AvailabilityIndicator,
  type DefinedIndicator,
  type FailureStatus,
  type SloIndicator,
} from "./indicator.ts";

const KINDS: readonly SloIndicator["kind"][] = [
  "availability",
  "latency",
  "cost",
  "quality",
  "freshness",
  "custom",
];
const FAILURES = executionStatuses.filter(
  (status): status is FailureStatus => status !== "success",
);
const BAD: readonly FailureStatus[] = ["error", "timeout", "rejected"];
const CHECK_EVERY_MS = 60_000;
/** Whoever looks has to come by more often than this. */
const MIN_CHECK_EVERY_MS = 10_000;

/** Checks an indicator and fills in its defaults. */
export function defineIndicator(indicator: SloIndicator): DefinedIndicator {
  checkOptions(indicator, "defineSlo({ indicator })");
  checkOneOf(indicator.kind, optionOf("kind"), KINDS);
  switch (indicator.kind) {
    case "availability":
      return Object.freeze({ kind: indicator.kind, ...statusesOf(indicator) });
    case "latency":
      checkNumber(indicator.thresholdMs, optionOf("thresholdMs"), POSITIVE_DURATION);
      return Object.freeze({ kind: indicator.kind, thresholdMs: indicator.thresholdMs });
    case "cost":
      checkNumber(indicator.budgetUsd, optionOf("budgetUsd"), { min: 0, above: true });
      return Object.freeze({ kind: indicator.kind, budgetUsd: indicator.budgetUsd });
    case "quality": {
      const { kind, score, threshold, direction = "at_least" } = indicator;
      checkName(score, optionOf("score"));
      checkFinite(threshold, optionOf("threshold"));
      checkOneOf(direction, optionOf("direction"), scoreDirections);
      return Object.freeze({ kind, score, threshold, direction });
    }
    case "freshness": {
      const { kind, maxAgeMs, checkEveryMs = CHECK_EVERY_MS } = indicator;
      checkNumber(maxAgeMs, optionOf("maxAgeMs"), POSITIVE_DURATION);
      checkNumber(checkEveryMs, optionOf("checkEveryMs"), { min: MIN_CHECK_EVERY_MS });
      return Object.freeze({ kind, maxAgeMs, checkEveryMs });
    }
    case "custom":
      return Object.freeze({ kind: indicator.kind });
  }
}

function statusesOf({ bad = BAD, ignored }: AvailabilityIndicator): {
  readonly bad: readonly FailureStatus[];
  readonly ignored: readonly FailureStatus[];
} {
  checkStatuses(bad, optionOf("bad"));
  const left = ignored ?? (bad.includes("cancelled") ? [] : (["cancelled"] as const));
  checkStatuses(left, optionOf("ignored"));
  const both = bad.find((status) => left.includes(status));
  if (both !== undefined)
    throw new RangeError(`${optionOf("ignored")}: "${both}" is in bad too; expected it in one`);
  return { bad: Object.freeze([...bad]), ignored: Object.freeze([...left]) };
}

function checkStatuses(statuses: unknown, option: string): void {
  if (!Array.isArray(statuses))
    throw new TypeError(`${option}: expected an array of statuses, got ${describe(statuses)}`);
  for (const status of statuses) checkOneOf(status, option, FAILURES);
}

function checkFinite(value: unknown, option: string): void {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new TypeError(`${option}: expected a finite number, got ${describe(value)}`);
}

function optionOf(name: string): string {
  return `defineSlo({ indicator: { ${name} } })`;
}
