import { ENDS_AT_ONCE, type Course } from "./course.ts";
import type { Env, Transfer } from "./env.ts";
import { endings, failuresOf, ReachBuilder, type Reach } from "./reach.ts";
import { childSites, type Site } from "./site.ts";

/** Calls its child, or refuses to. A shared state may be slow to answer, before and after. */
export const walkCircuitBreaker: Transfer = (site, start, env) => {
  const storeTimeoutMs = (site.node.options["storeTimeoutMs"] as number | undefined) ?? 0;
  const asked = later(start, storeTimeoutMs);
  const reach = env.walk(childSites(site)[0]!, [asked], env);
  const out = new ReachBuilder();
  for (const ending of endings)
    out.end(ending, ...reach.ends[ending].map((course) => later(course, storeTimeoutMs)));
  for (const course of [start, ...endings.flatMap((ending) => reach.ends[ending])])
    if (storeTimeoutMs > 0)
      out.stop({
        ...later(course, storeTimeoutMs),
        ...ENDS_AT_ONCE,
        linger: storeTimeoutMs,
      });
  for (const stop of reach.stops) out.stop({ ...stop, linger: stop.linger + storeTimeoutMs });
  return out.end("terminal", asked).build(env.deadline);
};

/**
 * Answers at once, or calls its child. A load is nobody's: who waits for it leaves at once when told to. A refresh in the
 * background has time of its own.
 */
export const walkCache: Transfer = (site, start, env) => {
  const { maxEntries, storeTimeoutMs, staleMs, staleIfErrorMs, refreshTimeoutMs } = site.node
    .options as Record<string, number>;
  const [child] = childSites(site);
  const isStoreAsked = maxEntries === undefined;
  const asked = isStoreAsked ? later(start, storeTimeoutMs!) : start;
  const reach = env.walk(child!, [asked], env);
  const out = new ReachBuilder().end("ok", asked).end("terminal", start);
  for (const ending of endings) out.end(ending, ...reach.ends[ending]);
  if (staleIfErrorMs! > 0) out.end("ok", ...failuresOf(reach));
  out.stop(...reach.stops.map((stop) => ({ ...stop, linger: 0, shield: 0 })));
  if (isStoreAsked) out.stop({ ...asked, ...ENDS_AT_ONCE });
  if (staleMs! > 0 && !env.objective.isTime)
    out.end("ok", ...refreshed(child!, asked, { env, limitMs: refreshTimeoutMs! }));
  return out.build(env.deadline);
};

/** What a refresh may count, for a caller who has gone on at once. */
function refreshed(
  child: Site,
  start: Course,
  { env, limitMs }: { readonly env: Env; readonly limitMs: number },
): readonly Course[] {
  const origin: Course = { ...start, from: 0, to: 0, value: 0, slack: 0 };
  const { ends, stops }: Reach = env.walk(child, [origin], { ...env, deadline: limitMs });
  return [...endings.flatMap((ending) => ends[ending]), ...stops].map((course) => ({
    ...start,
    ledger: course.ledger,
    value: start.value + course.value + Math.min(course.slack, course.to - course.from),
  }));
}

function later(course: Course, ms: number): Course {
  return ms === 0 ? course : { ...course, to: course.to + ms };
}
