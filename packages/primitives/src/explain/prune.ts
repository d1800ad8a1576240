import type { Course, Stop } from "./course.ts";
import type { Ledger } from "./ledger.ts";

/** Drops what another course can do as well, and joins neighbours: what is left reaches as much as all together. */
export function pruneCourses(courses: readonly Course[]): readonly Course[] {
  return prune(courses, covers, (one, other) => ({ ...one, to: Math.max(one.to, other.to) }));
}

export function pruneStops(stops: readonly Stop[]): readonly Stop[] {
  return prune(
    stops,
    (one, other) =>
      covers(one, other) &&
      (!one.isOpen || other.isOpen || one.to > other.to) &&
      one.linger >= other.linger &&
      one.shield >= other.shield &&
      one.until >= other.until,
    (one, other) =>
      one.linger === other.linger && one.shield === other.shield && one.until === other.until
        ? { ...one, ...laterEnd(one, other) }
        : undefined,
  );
}

function laterEnd(one: Stop, other: Stop): Pick<Stop, "to" | "isOpen"> {
  if (one.to === other.to) return { to: one.to, isOpen: one.isOpen && other.isOpen };
  const { to, isOpen } = one.to > other.to ? one : other;
  return { to, isOpen };
}

/** One course for all of one ledger: reaches more than they do, and costs less to follow. */
export function hullOf<C extends Course>(courses: readonly C[]): C {
  const [first, ...rest] = courses;
  let hull = first!;
  for (const course of rest) {
    const value = Math.max(hull.value, course.value);
    hull = {
      ...hull,
      value,
      slack: Math.max(0, more(hull, value), more(course, value)),
      from: Math.min(hull.from, course.from),
      to: Math.max(hull.to, course.to),
    };
  }
  return hull;
}

function more(course: Course, value: number): number {
  return course.value === Infinity ? 0 : course.value + course.slack - value;
}

/** Courses are compared with those of their own ledger alone. */
function prune<C extends Course>(
  courses: readonly C[],
  isCovered: (one: C, other: C) => boolean,
  join: (one: C, other: C) => C | undefined,
): readonly C[] {
  if (courses.length < 2) return courses;
  const groups = new Map<Ledger, C[]>();
  for (const course of courses) {
    const group = groups.get(course.ledger);
    if (group === undefined) groups.set(course.ledger, [course]);
    else group.push(course);
  }
  return [...groups.values()].flatMap((group) => pruneGroup(group, isCovered, join));
}

function pruneGroup<C extends Course>(
  courses: readonly C[],
  isCovered: (one: C, other: C) => boolean,
  join: (one: C, other: C) => C | undefined,
): readonly C[] {
  if (courses.length < 2) return courses;
  const kept: C[] = [];
  for (const course of courses.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    let current: C | undefined = course;
    for (let index = kept.length - 1; index >= 0 && current !== undefined; index--) {
      const other: C = kept[index]!;
      if (isCovered(other, current)) {
        current = undefined;
      } else if (isCovered(current, other)) {
        kept.splice(index, 1);
      } else if (isNeighbour(other, current)) {
        const joined: C | undefined = join(other, current);
        if (joined === undefined) continue;
        kept.splice(index, 1);
        current = joined;
      }
    }
    if (current !== undefined) kept.push(current);
  }
  return kept;
}

/** True where `one` may be wherever and whenever `other` may be, with as much counted. */
function covers(one: Course, other: Course): boolean {
  return (
    one.from <= other.from &&
    one.to >= other.to &&
    one.value >= other.value &&
    one.value + one.slack >= other.value + other.slack
  );
}

/** Same value, and no moment between them: one interval. `one` is there first. */
function isNeighbour(one: Course, other: Course): boolean {
  return (
    one.value === other.value &&
    one.slack === 0 &&
    other.slack === 0 &&
    other.from <= one.to &&
    one.from <= other.from
  );
}
