import { countedBy, ENDS_AT_ONCE, lingerFor, type Course, type Stop } from "./course.ts";
import { mergeLedgers, type Ledger } from "./ledger.ts";
import type { Ending } from "./reach.ts";

/** When a branch may start. */
export interface Slot {
  readonly from: number;
  readonly to: number;
}

/** How far the branches of a fork may have come together, branch after branch. */
export interface Joint {
  readonly ledger: Ledger;
  /** What was counted by `from`, in all branches. */
  readonly value: number;
  readonly slack: number;
  /** Earliest moment at which all this can have happened. */
  readonly from: number;
  /** Latest moment at which the branches that have not ended can be where they are. */
  readonly to: number;
  /** True where they cannot at that very moment. */
  readonly isOpen: boolean;
  /** When the last of the branches that have ended may have done so. */
  readonly latest: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Branches that had not started. */
  readonly skipped: number;
  /** Branches that go on. */
  readonly running: number;
  readonly linger: number;
  readonly shield: number;
  readonly until: number;
  /** How the branch ended that decided the fork. */
  readonly decided: Ending | undefined;
  /** How the first failed that failed, in the order of the branches. */
  readonly firstFailure: Ending | undefined;
  /** True where another branch has ended for good at the moment of the decision: its word is remembered instead. */
  readonly isDrowned: boolean;
  /** Where branches may start next, earliest first; with all branches at once there is no need to know. */
  readonly slots: readonly Slot[];
  /** How long those that are stopped are waited for. */
  readonly graceMs: number;
}

export function openJoint(start: Course, slots: readonly Slot[], graceMs: number): Joint {
  return {
    graceMs,
    ledger: start.ledger,
    value: 0,
    slack: 0,
    from: start.from,
    to: Infinity,
    isOpen: false,
    latest: start.from,
    succeeded: 0,
    failed: 0,
    skipped: 0,
    running: 0,
    linger: 0,
    shield: 0,
    until: 0,
    decided: undefined,
    firstFailure: undefined,
    isDrowned: false,
    slots,
  };
}

/** With one more branch that has come as far as `course`. */
function withBranch(joint: Joint, course: Course, change: Partial<Joint>): Joint {
  const from = Math.max(joint.from, course.from);
  const to = change.to ?? joint.to;
  const one = countedBy({ ...joint, to }, from);
  const other = countedBy(course, from);
  // Two branches may count at once, for which one slack is too slow: of the smaller, all is counted from the start.
  const [small, large] =
    one.slack < other.slack ? [one.slack, other.slack] : [other.slack, one.slack];
  const longest = Math.max(0, to - from) + joint.graceMs;
  return {
    ...joint,
    ledger: mergeLedgers(joint.ledger, course.ledger),
    value: one.value + other.value + Math.min(small, longest),
    slack: large,
    from,
    ...change,
  };
}

/** The branch has ended, and the fork goes on. */
export function withEnded(joint: Joint, course: Course, ending: Ending): Joint {
  const counts =
    ending === "ok" ? { succeeded: joint.succeeded + 1 } : { failed: joint.failed + 1 };
  return withBranch(joint, course, {
    ...counts,
    firstFailure: joint.firstFailure ?? failureOf(ending),
    latest: Math.max(joint.latest, course.to),
    slots: joint.slots.slice(1),
  });
}

/** The branch has ended, and that decides. Nothing of it is left, so no other slot opens. */
export function withDecider(joint: Joint, course: Course, ending: Ending): Joint {
  return withBranch(joint, course, {
    ...earlierEnd(joint, { to: course.to, isOpen: false }),
    decided: ending,
    firstFailure: joint.firstFailure ?? failureOf(ending),
    slots: joint.slots.slice(1),
  });
}

type End = Pick<Joint, "to" | "isOpen">;

function earlierEnd(one: End, other: End): End {
  if (one.to === other.to) return { to: one.to, isOpen: one.isOpen || other.isOpen };
  const { to, isOpen } = one.to < other.to ? one : other;
  return { to, isOpen };
}

function failureOf(ending: Ending): Ending | undefined {
  return ending === "ok" ? undefined : ending;
}

/** The branch is under way when the fork is decided, or stopped. */
export function withRunning(joint: Joint, stop: Stop): Joint {
  return withBranch(joint, stop, {
    ...earlierEnd(joint, stop),
    running: joint.running + 1,
    linger: Math.max(joint.linger, stop.linger),
    shield: Math.max(joint.shield, stop.shield),
    until: Math.max(joint.until, stop.until),
    slots: joint.slots.slice(1),
  });
}

/** The branch ends for good at the very moment of the decision, and is no longer asked. */
export function withDrowning(joint: Joint, course: Course): Joint {
  return { ...withRunning(joint, { ...course, ...ENDS_AT_ONCE }), isDrowned: true };
}

/** True while the branches can all be where they are at one moment. */
export function isPossible({ from, to, isOpen }: Joint): boolean {
  return isOpen ? from < to : from <= to;
}

/** How long it takes, from a moment on, until those that are stopped then have ended or are left behind. */
export function lingerOf(joint: Joint, at: number): number {
  return joint.running === 0 ? 0 : lingerFor(joint, at, joint.graceMs);
}

/** The place of a branch that has ended is free for the next. */
export function withSlot(joint: Joint, { from, to }: Slot): Joint {
  const froms = [...joint.slots.map((slot) => slot.from), from].toSorted((a, b) => a - b);
  const tos = [...joint.slots.map((slot) => slot.to), to].toSorted((a, b) => a - b);
  const slots = froms.map((earliest, index) => ({ from: earliest, to: tos[index]! }));
  return { ...joint, slots };
}

/** Keeps those that reach further than any other. */
export function pruneJoints(joints: readonly Joint[]): readonly Joint[] {
  const kept: Joint[] = [];
  for (const joint of joints) {
    if (kept.some((other) => covers(other, joint))) continue;
    for (let index = kept.length - 1; index >= 0; index--)
      if (covers(joint, kept[index]!)) kept.splice(index, 1);
    kept.push(joint);
  }
  return kept;
}

function covers(one: Joint, other: Joint): boolean {
  return (
    one.ledger === other.ledger &&
    one.succeeded === other.succeeded &&
    one.failed === other.failed &&
    one.skipped === other.skipped &&
    one.decided === other.decided &&
    one.firstFailure === other.firstFailure &&
    one.isDrowned === other.isDrowned &&
    Math.min(one.running, 1) === Math.min(other.running, 1) &&
    one.from <= other.from &&
    one.to >= other.to &&
    (!one.isOpen || other.isOpen) &&
    one.latest >= other.latest &&
    one.value >= other.value &&
    one.value + one.slack >= other.value + other.slack &&
    one.linger >= other.linger &&
    one.shield >= other.shield &&
    one.until >= other.until &&
    one.slots.length === other.slots.length &&
    one.slots.every(
      (slot, index) => slot.from <= other.slots[index]!.from && slot.to >= other.slots[index]!.to,
    )
  );
}
