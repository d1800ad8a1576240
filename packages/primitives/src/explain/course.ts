import type { Ledger } from "./ledger.ts";

/**
 * One way in which a run may have come to some point: what it has used up on the way, and when it may be there.
 *
 * It may be there at any moment from `from` to `to`. Being there later may mean that more has been counted: a millisecond
 * for each millisecond, `slack` at most.
 */
export interface Course {
  readonly ledger: Ledger;
  /** What was counted by `from`. */
  readonly value: number;
  readonly slack: number;
  /** Milliseconds since the start of what is walked through. */
  readonly from: number;
  readonly to: number;
  /** True where the moment `to` itself is excluded: nobody waits up to a deadline that he knows. */
  readonly isOpen?: boolean;
}

/**
 * Work under way, which may be stopped from outside at any moment from `from` to `to`. It then ends within `linger`, goes
 * on compensating for `shield`, and is over at `until` in any case.
 */
export interface Stop extends Course {
  /** How long it may take to end, in milliseconds, unless whoever waits for it gives up first. */
  readonly linger: number;
  /** How long it is waited for after that, whatever the grace period: compensations. */
  readonly shield: number;
  readonly until: number;
  readonly isOpen: boolean;
}

/** Who is told to stop ends in the same turn. */
export const ENDS_AT_ONCE = { linger: 0, shield: 0, until: Infinity, isOpen: false } as const;

/** True where it may be under way at that moment. */
export function isUnderWayAt({ from, to, isOpen }: Stop, at: number): boolean {
  return from <= at && (isOpen ? at < to : at <= to);
}

/** The most that was counted. */
export function mostOf({ value, slack, from, to }: Course): number {
  return slack === 0 ? value : value + Math.min(slack, to - from);
}

/** What was counted when it is there at `at`, no earlier than `from`, and how much more it may become. */
export function countedBy(course: Course, at: number): { value: number; slack: number } {
  const { value, slack, from } = course;
  if (slack === 0 || at === from) return { value, slack };
  const more = Math.min(slack, at - from);
  return { value: value + more, slack: slack === Infinity ? Infinity : slack - more };
}

/** The part of it that lies before the deadline; undefined where there is none. */
export function clip<C extends Course>(course: C, deadline: number): C | undefined {
  if (course.to <= deadline) return course;
  return course.from > deadline ? undefined : { ...course, to: deadline };
}

/** Time that passes afterwards counts for something else. */
export function spent<C extends Course>(course: C): C {
  const { slack, from, to } = course;
  return slack <= to - from ? course : { ...course, slack: to - from };
}

/** The same for work under way, which counts until it has ended. */
export function spentStop(stop: Stop): Stop {
  const { slack, from, to, linger, shield, until } = stop;
  const over = Math.min(until, to + linger + shield);
  return { ...stop, slack: Math.min(slack, over - from), until: over };
}

/** What was found from a start at 0, for whatever starts when `start` is there. */
export function shift<C extends Course>(course: C, start: Course): C {
  return {
    ...course,
    value: course.value + start.value,
    slack: course.slack + start.slack,
    from: course.from + start.from,
    to: course.to + start.to,
  };
}

/** As `shift`. Of work that began later there may be more left than of work that began early. */
export function shiftStop(stop: Stop, start: Course): Stop {
  const { from, until, linger, shield } = stop;
  if (until === Infinity) return shift(stop, start);
  return {
    ...shift(stop, start),
    linger: Math.min(linger, Math.max(0, until - from)),
    shield,
    until: until + start.to,
  };
}

/** How long after a stop at `at` it may take until whoever waits is free again, if they wait `graceMs` at most. */
export function lingerFor(
  { linger, shield, until }: Pick<Stop, "linger" | "shield" | "until">,
  at: number,
  graceMs: number,
): number {
  const left = until === Infinity ? Infinity : until - at;
  return Math.max(0, Math.min(Math.min(linger, graceMs) + shield, left));
}
