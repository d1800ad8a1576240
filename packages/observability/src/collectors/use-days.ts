import { componentStages, OBSERVED_DAYS } from "@tta-dev/primitives/slo";
import type { ComponentStage, GatedStage } from "@tta-dev/primitives/slo";
import type { UseCount } from "./use-counts.ts";

/** What a component did on one day while it was at one stage. */
export interface UseDay extends UseCount {
  /** In UTC, such as `2026-11-20`. */
  readonly day: string;
  readonly stage: ComponentStage;
}

export const DAY_MS = 86_400_000;

/** The day of a moment, in UTC. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Adds days up: one row for a day and a stage, oldest first, without what is too old to count. */
export function mergeDays(rows: readonly UseDay[], nowMs: number): readonly UseDay[] {
  const oldest = dayOf(nowMs - (OBSERVED_DAYS - 1) * DAY_MS);
  const merged = new Map<string, UseDay>();
  for (const row of rows) {
    if (row.day < oldest) continue;
    const key = `${row.day} ${row.stage}`;
    const { executions = 0, errors = 0 } = merged.get(key) ?? {};
    merged.set(key, {
      day: row.day,
      stage: row.stage,
      executions: executions + row.executions,
      errors: errors + row.errors,
    });
  }
  return [...merged.values()].toSorted((one, other) => (one.day < other.day ? -1 : 1));
}

/**
 * Adds up what speaks for a stage: what a component did at the stage below it, or above.
 *
 * A month in development says nothing of how it stands up in staging.
 */
export function useFor(
  rows: readonly UseDay[],
  target: GatedStage,
): UseCount & { readonly days: number } {
  const lowest = componentStages.indexOf(target) - 1;
  const counting = rows.filter(
    ({ stage, executions }) => componentStages.indexOf(stage) >= lowest && executions > 0,
  );
  return {
    executions: counting.reduce((sum, { executions }) => sum + executions, 0),
    errors: counting.reduce((sum, { errors }) => sum + errors, 0),
    days: new Set(counting.map(({ day }) => day)).size,
  };
}
