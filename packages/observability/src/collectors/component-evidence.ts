import type { Component } from "@tta-dev/primitives/slo";
import type { UseCount } from "./use-counts.ts";
import { dayOf, mergeDays, type UseDay } from "./use-days.ts";
import { mergeState, type ComponentState, type SloState } from "./component-state.ts";

/** What components did: before this process, and since. */
export interface ComponentEvidence {
  /** Takes in how high the counters are now; what they rose since the last time happened today. */
  readonly count: (counts: readonly UseCount[], nowMs: number) => void;
  /** The days of a component, with what the counters rose since. Changes nothing. */
  readonly daysOf: (index: number, counts: readonly UseCount[], nowMs: number) => readonly UseDay[];
  /** Takes in what is saved now: the state that a save made, or what was found when there was nothing to add. */
  readonly remember: (saved: ComponentState | undefined) => void;
  /** What is to be saved: what somebody saved meanwhile and what was counted here since. */
  readonly stateAfter: (
    saved: ComponentState | undefined,
    slos: ReadonlyMap<string, SloState>,
    nowMs: number,
  ) => ComponentState;
  /** Whether something was counted that is not saved. */
  readonly isUnsaved: () => boolean;
}

/**
 * Keeps what components did, without counting anything twice: not what the counters showed before (`baseline`), and not
 * what was saved, by this process or another.
 */
export function createComponentEvidence(
  components: readonly Component[],
  baseline: readonly UseCount[],
): ComponentEvidence {
  let last = baseline;
  let before: ComponentState | undefined;
  /** Counted here and not saved, by the component's name. */
  let unsaved = new Map<string, readonly UseDay[]>();
  let beingSaved: typeof unsaved | undefined;

  const risen = (index: number, counts: readonly UseCount[], nowMs: number): readonly UseDay[] => {
    const now = counts[index]!;
    const then = last[index]!;
    const executions = rise(now.executions, then.executions);
    const errors = rise(now.errors, then.errors);
    if (executions === 0 && errors === 0) return [];
    return [{ day: dayOf(nowMs), stage: components[index]!.stage, executions, errors }];
  };

  return {
    count(counts, nowMs) {
      for (const [index, { name }] of components.entries()) {
        const rows = risen(index, counts, nowMs);
        if (rows.length > 0)
          unsaved.set(name, mergeDays([...(unsaved.get(name) ?? []), ...rows], nowMs));
      }
      last = counts;
    },
    daysOf(index, counts, nowMs) {
      const { name } = components[index]!;
      const rows = [
        ...(before !== undefined && Object.hasOwn(before.use, name) ? before.use[name]! : []),
        ...(beingSaved?.get(name) ?? []),
        ...(unsaved.get(name) ?? []),
        ...risen(index, counts, nowMs),
      ];
      return mergeDays(rows, nowMs);
    },
    remember(saved) {
      before = saved;
      beingSaved = undefined;
    },
    stateAfter(saved, slos, nowMs) {
      beingSaved = merged(beingSaved, unsaved, nowMs);
      unsaved = new Map();
      return mergeState(saved, { use: beingSaved, slos, nowMs });
    },
    isUnsaved: () => unsaved.size > 0 || beingSaved !== undefined,
  };
}

/** A counter that is lower than it was began again. */
function rise(now: number, then: number): number {
  return now >= then ? now - then : now;
}

/** What could not be saved the last time is saved this time. */
function merged(
  earlier: ReadonlyMap<string, readonly UseDay[]> | undefined,
  later: ReadonlyMap<string, readonly UseDay[]>,
  nowMs: number,
): Map<string, readonly UseDay[]> {
  const all = new Map(earlier);
  for (const [name, rows] of later)
    all.set(name, mergeDays([...(all.get(name) ?? []), ...rows], nowMs));
  return all;
}
