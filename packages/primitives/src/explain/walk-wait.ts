import { ENDS_AT_ONCE, type Course, type Stop } from "./course.ts";
import type { Env, Transfer } from "./env.ts";
import { ReachBuilder } from "./reach.ts";
import { childSites, type Site } from "./site.ts";

/** A delay, or a wait for a signal. */
export const walkWait: Transfer = (site, begun, env) => {
  const start: Course = { ...begun, value: begun.value + env.objective.ofCall(site) };
  const { kind, ms, timeoutMs } = site.node.options as {
    readonly kind: string;
    readonly ms: number;
    readonly timeoutMs?: number;
  };
  const out = new ReachBuilder();
  if (kind === "delay") {
    const [after, during] = waited(site, start, { least: ms, most: ms, env });
    return out.end("ok", after).stop(during).build(env.deadline);
  }
  if (timeoutMs === undefined) noteForEver(site, env);
  const [after, during] = waited(site, start, { least: 0, most: timeoutMs ?? Infinity, env });
  // What arrives may be refused.
  out.end("ok", after).end("retryable", after).end("terminal", after).stop(during);
  if (timeoutMs === undefined) return out.build(env.deadline);
  const [late] = waited(site, start, { least: timeoutMs, most: timeoutMs, env });
  const [onTimeout] = childSites(site);
  if (onTimeout === undefined) out.end("retryable", late);
  else out.add(env.walk(onTimeout, [late], env));
  return out.build(env.deadline);
};

/** Starts its child when a token comes, by `maxWaitMs`; refuses at once what would have to wait longer. */
export const walkRateLimit: Transfer = (site, start, env) => {
  const maxWaitMs = site.node.options["maxWaitMs"] as number;
  const [after, during] = waited(site, start, { least: 0, most: maxWaitMs, env });
  return new ReachBuilder()
    .add(env.walk(childSites(site)[0]!, [after], env))
    .end("retryable", start)
    .end("never", start)
    .stop(during)
    .build(env.deadline);
};

/** Starts its child when there is a place; who queues, queues as long as the others take. */
export const walkBulkhead: Transfer = (site, start, env) => {
  const { node, place } = site;
  const out = new ReachBuilder().end("retryable", start);
  const [child] = childSites(site);
  if (node.options["queue"] === 0) return out.add(env.walk(child!, [start], env)).build();
  if (env.deadline === Infinity && (env.objective.isTime || env.objective.ofWaiting(place)))
    env.note({
      code: "queue",
      path: place.path,
      message: `how long bulkhead "${place.name}" keeps a call in its queue depends on the others: put a timeout around it`,
    });
  const [after, during] = waited(site, start, { least: 0, most: Infinity, env });
  return out
    .add(env.walk(child!, [after], env))
    .stop(during)
    .build(env.deadline);
};

/** Where a wait ends, and where it may be stopped. */
function waited(
  { place }: Site,
  start: Course,
  { least, most, env }: { readonly least: number; readonly most: number; readonly env: Env },
): readonly [after: Course, during: Stop] {
  const isCounted = env.objective.ofWaiting(place);
  const during: Stop = {
    ...start,
    ...ENDS_AT_ONCE,
    to: start.to + most,
    slack: start.slack + (isCounted ? most : 0),
  };
  const after: Course = {
    ...start,
    from: start.from + least,
    to: start.to + most,
    value: start.value + (isCounted ? least : 0),
    slack: start.slack + (isCounted && most > least ? most - least : 0),
  };
  return [after, during];
}

function noteForEver({ place }: Site, env: Env): void {
  if (env.deadline !== Infinity || !(env.objective.isTime || env.objective.ofWaiting(place)))
    return;
  env.note({
    code: "wait_for_ever",
    path: place.path,
    message: `"${place.name}" waits for as long as nobody answers: give it a timeoutMs`,
  });
}
