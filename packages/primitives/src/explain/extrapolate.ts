import { ENDS_AT_ONCE, mostOf, type Course } from "./course.ts";
import { TooLarge, type Env } from "./env.ts";
import { endings, failures, ReachBuilder, type Reach } from "./reach.ts";
import type { Site } from "./site.ts";

/** Turns of a loop and attempts of a retry are followed one by one up to here. */
export const MAX_ROUNDS = 1000;

/** What the rounds are like that are not followed one by one. */
export interface Rest {
  readonly rounds: number;
  readonly child: Site;
  /** The longest wait between two rounds, in milliseconds. */
  readonly waitMs: number;
  readonly isWaitCounted: boolean;
}

/**
 * Where so many more rounds may lead: each is taken to count and to last as much as any can.
 *
 * @throws TooLarge where rounds are kept account of, because then they are not alike
 */
export function extrapolate(courses: readonly Course[], rest: Rest, env: Env): Reach {
  if (env.outerAttempts > 0 && !env.isCoarse) throw new TooLarge();
  const { rounds, child, waitMs, isWaitCounted } = rest;
  const out = new ReachBuilder();
  for (const course of courses) {
    const origin: Course = { ...course, value: 0, slack: 0, from: 0, to: 0 };
    const { ends } = env.walk(child, [origin], { ...env, deadline: Infinity });
    const all = endings.flatMap((ending) => ends[ending]);
    const counted = Math.max(...all.map(mostOf));
    const lasted = Math.max(...all.map(({ to }) => to)) + waitMs;
    const last: Course = {
      ...course,
      value: course.value + rounds * counted,
      slack: course.slack + (isWaitCounted ? rounds * waitMs : 0),
      to: course.to + rounds * lasted,
    };
    out.end("ok", last).stop({ ...last, ...ENDS_AT_ONCE, linger: Infinity });
    for (const failure of failures) out.end(failure, last);
  }
  return out.build(env.deadline);
}
