import { ENDS_AT_ONCE, type Course, type Stop } from "./course.ts";
import type { Env, Transfer } from "./env.ts";
import { ReachBuilder } from "./reach.ts";
import { isOwnComposite, type Site } from "./site.ts";

/** A leaf ends how and when it likes; told to stop, it need not. */
export const walkLeaf: Transfer = (site, start, env) => {
  const { objective, deadline } = env;
  const value = objective.ofCall(site);
  const isCounted = objective.ofRunning(site);
  if (deadline === Infinity && (isCounted || objective.isTime)) noteNoTimeout(site, env);
  return anythingUntil(
    { ...start, value, slack: isCounted ? Infinity : 0, to: Math.max(start.to, deadline) },
    Infinity,
  );
};

/** Everything that code which nobody can look into may do from `course.from` to `course.to`. */
export function anythingUntil(course: Course, linger: number): ReturnType<ReachBuilder["build"]> {
  const ended = { ...course, slack: Math.min(course.slack, course.to - course.from) };
  const stop: Stop = { ...course, ...ENDS_AT_ONCE, linger };
  return new ReachBuilder()
    .end("ok", ended)
    .end("retryable", ended)
    .end("terminal", ended)
    .stop(stop)
    .build();
}

function noteNoTimeout(site: Site, env: Env): void {
  const { place, node } = site;
  const what = isOwnComposite(site) ? "composite" : node.type === "llm" ? "model call" : "step";
  env.note({
    code: "no_timeout",
    path: place.path,
    message: `${what} "${place.name}" may take any time: put a timeout around it`,
  });
}
