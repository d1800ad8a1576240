import { ENDS_AT_ONCE, mostOf, type Course, type Stop } from "./course.ts";
import type { Env, Transfer } from "./env.ts";
import { asRetryable, endings, failures, isFinal, ReachBuilder, type Ending } from "./reach.ts";
import { childSites, type Site } from "./site.ts";

/** Steps one after another; when one fails, or is stopped, those before it are undone, latest first. */
export const walkSaga: Transfer = (site, start, env) => {
  const compensates = site.node.options["compensates"] as readonly boolean[];
  const children = childSites(site);
  const undoing = children.slice(compensates.length);
  const compensationOf = compensates.map((has) => (has ? undoing.shift() : undefined));
  const out = new ReachBuilder();
  let courses: readonly Course[] = [start];
  for (const [index, step] of children.slice(0, compensates.length).entries()) {
    const reach = env.walk(step, courses, env);
    const done = compensationOf.slice(0, index).toReversed();
    const maybe = [compensationOf[index], ...done];
    for (const ending of failures)
      for (const course of reach.ends[ending]) {
        // A step that threw has done nothing; one that timed out may have done its work.
        undo(course, done, { env, out, ending });
        if (maybe[0] !== undefined) undo(course, maybe, { env, out, ending });
      }
    for (const stop of reach.stops) out.stop(...stopped(stop, maybe, env));
    courses = reach.ends.ok;
  }
  return out.end("ok", ...courses).build(env.deadline);
};

type Compensations = readonly (Site | undefined)[];

/**
 * Compensations run whatever the deadline says; when all are done, the saga fails with an error of its own, whose cause is
 * the step's. A compensation may use up the calls of its own retry, and then the step's error is no longer the last word.
 */
function undo(
  course: Course,
  compensations: Compensations,
  given: { readonly env: Env; readonly out: ReachBuilder; readonly ending: Ending },
): void {
  const { env, out, ending } = given;
  for (const undone of compensated([course], compensations, env)) {
    out.end(asRetryable(ending), undone);
    if (isFinal(ending) && undone.ledger !== course.ledger) out.end("retryable", undone);
    const shield = undone.to - course.from;
    if (shield > 0)
      out.stop({ ...undone, ...ENDS_AT_ONCE, from: course.from, shield, until: undone.to });
  }
}

/** A step that is stopped ends when it does; then everything is undone, itself included. */
function stopped(stop: Stop, compensations: Compensations, env: Env): readonly Stop[] {
  const origin: Course = { ledger: stop.ledger, value: 0, slack: 0, from: 0, to: 0 };
  return compensated([origin], compensations, env).map((undone) => ({
    ...stop,
    ledger: undone.ledger,
    value: stop.value + mostOf(undone),
    shield: stop.shield + undone.to,
    until: stop.until + undone.to,
  }));
}

function compensated(
  from: readonly Course[],
  compensations: Compensations,
  env: Env,
): readonly Course[] {
  let courses = from;
  for (const compensation of compensations) {
    if (compensation === undefined) continue;
    const { ends } = env.walk(compensation, courses, { ...env, deadline: Infinity });
    // One that fails does not stop the rest.
    courses = new ReachBuilder().end("ok", ...endings.flatMap((ending) => ends[ending])).build()
      .ends.ok;
  }
  return courses;
}
