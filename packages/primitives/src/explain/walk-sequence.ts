import type { Course } from "./course.ts";
import type { Transfer } from "./env.ts";
import { extrapolate, MAX_ROUNDS } from "./extrapolate.ts";
import { failuresOf, ReachBuilder } from "./reach.ts";
import { childSites } from "./site.ts";

/** One child after another, until one fails. */
export const walkSequential: Transfer = (site, start, env) => {
  const out = new ReachBuilder();
  let courses: readonly Course[] = [start];
  for (const child of childSites(site)) {
    const reach = env.walk(child, courses, env);
    out.fail(reach).stop(...reach.stops);
    courses = reach.ends.ok;
  }
  return out.end("ok", ...courses).build();
};

/** One child after another, until one succeeds. */
export const walkFallback: Transfer = (site, start, env) => {
  const isAsked = site.node.options["hasWhen"] === true;
  const out = new ReachBuilder();
  const children = childSites(site);
  let courses: readonly Course[] = [start];
  for (const [index, child] of children.entries()) {
    const reach = env.walk(child, courses, env);
    out.end("ok", ...reach.ends.ok).stop(...reach.stops);
    courses = failuresOf(reach);
    if (index === children.length - 1 || isAsked) out.fail(reach);
    // `when` may throw, and then that is the error.
    if (isAsked) out.end("retryable", ...courses).end("terminal", ...courses);
  }
  return out.build();
};

/** One child of several; whoever chooses may throw, or find none. */
export const walkChoice: Transfer = (site, start, env) => {
  const out = new ReachBuilder().end("retryable", start).end("terminal", start);
  const { type, children } = site.node;
  if (type === "conditional" && children.length === 1) out.end("ok", start);
  for (const child of childSites(site)) out.add(env.walk(child, [start], env));
  return out.build();
};

/** Calls its child on its own output; the condition may end it before each turn, or throw. */
export const walkLoop: Transfer = (site, start, env) => {
  const maxIterations = site.node.options["maxIterations"] as number;
  const [child] = childSites(site);
  const out = new ReachBuilder();
  let courses: readonly Course[] = [start];
  for (let turn = 0; turn < maxIterations && courses.length > 0; turn++) {
    out
      .end("ok", ...courses)
      .end("retryable", ...courses)
      .end("terminal", ...courses);
    if (turn >= MAX_ROUNDS) {
      const rest = { rounds: maxIterations - turn, child: child!, waitMs: 0, isWaitCounted: false };
      return out.add(extrapolate(courses, rest, env)).build();
    }
    const turned = { ...env, turn: `${env.turn}.${turn}` };
    const reach = env.walk(child!, courses, turned);
    out.fail(reach).stop(...reach.stops);
    courses = reach.ends.ok;
  }
  return out.end("ok", ...courses).build();
};

/** A workflow hands on to its body, once its input has passed. */
export const walkWorkflow: Transfer = (site, start, env) => {
  const out = new ReachBuilder();
  const [body] = childSites(site);
  if (site.node.options["hasInputSchema"] === true)
    out.end("retryable", start).end("terminal", start);
  return out.add(env.walk(body!, [start], env)).build();
};
