import type { DropReason } from "../catalog/values.ts";

/** Counts something that was ignored. Telemetry never throws into user code: what it cannot use, it counts. */
export type Drop = (reason: DropReason) => void;

/** Says why a number was not recorded. */
export function reasonFor(value: unknown): DropReason {
  return Number.isFinite(value) ? "negative" : "not_finite";
}
