import {
  countedBy,
  isUnderWayAt,
  lingerFor,
  shift,
  shiftStop,
  type Course,
  type Stop,
} from "./course.ts";
import type { Transfer } from "./env.ts";
import { endings, ReachBuilder } from "./reach.ts";
import { childSites } from "./site.ts";

/**
 * Stops its step after `timeoutMs`, or when the run around it is stopped, and waits `graceMs` for it at most.
 *
 * Who starts late, with less than `timeoutMs` left, is stopped from outside first.
 */
export const walkTimeout: Transfer = (site, start, env) => {
  const { timeoutMs, graceMs } = site.node.options as { timeoutMs: number; graceMs: number };
  const [child] = childSites(site);
  const { deadline } = env;
  const out = new ReachBuilder();
  const graced = (stop: Stop): Stop => ({
    ...stop,
    linger: Math.min(stop.linger + stop.shield, graceMs),
    shield: 0,
  });
  if (timeoutMs <= deadline) {
    const early: Course = { ...start, to: Math.min(start.to, deadline - timeoutMs) };
    const origin: Course = { ...start, to: 0 };
    const inner = env.walk(child!, [origin], { ...env, deadline: timeoutMs });
    for (const ending of endings)
      out.end(ending, ...inner.ends[ending].map((course) => shift(course, early)));
    // What was refused at the limit, before the step could be stopped, says that the limit has passed.
    for (const late of inner.ends.never)
      if (late.to >= timeoutMs) out.end("retryable", shift(at(late, timeoutMs), early));
    for (const stop of inner.stops) {
      const told = graced(stop);
      out.stop(shiftStop(told, early));
      if (!isUnderWayAt(stop, timeoutMs)) continue;
      const expired = expiredAt(told, timeoutMs);
      out.end("retryable", shift(expired, early));
      if (expired.linger > 0) out.stop(shiftStop(expired, early));
    }
  }
  if (start.to > deadline - timeoutMs) {
    const late: Course = { ...start, from: Math.max(start.from, deadline - timeoutMs) };
    const inner = env.walk(child!, [late], env);
    for (const ending of endings) out.end(ending, ...inner.ends[ending]);
    out.stop(...inner.stops.map(graced));
  }
  return out.build(deadline);
};

function at(course: Course, moment: number): Course {
  return { ...course, value: countedBy(course, moment).value, slack: 0, from: moment, to: moment };
}

/** From the limit on: what goes on is waited for, and stops nothing any more. */
function expiredAt(stop: Stop, timeoutMs: number): Stop {
  const lingerMs = lingerFor(stop, timeoutMs, Infinity);
  const { value, slack } = countedBy(stop, timeoutMs);
  return {
    ...stop,
    value,
    slack: Math.min(slack, lingerMs),
    from: timeoutMs,
    to: timeoutMs + lingerMs,
    linger: lingerMs,
    shield: 0,
    until: timeoutMs + lingerMs,
    isOpen: false,
  };
}
