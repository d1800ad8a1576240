import { mostOf, type Course } from "./course.ts";
import type { Env, Transfer } from "./env.ts";
import { forkOf } from "./walk-fork.ts";
import { DEFAULT_GRACE_MS } from "../runtime/port.ts";
import { endings, ReachBuilder, type Reach } from "./reach.ts";
import { childSites, type Site } from "./site.ts";
import { anythingUntil } from "./walk-leaf.ts";

/**
 * Calls its child once an item, for nobody knows how many items.
 *
 * With all items at once two of them take as long as any number; with fewer at once there is no telling.
 */
export const walkMap: Transfer = (site, start, env) => {
  const [child] = childSites(site);
  const { node, place } = site;
  const concurrency = node.options["concurrency"] as number | undefined;
  const graceMs = (node.options["graceMs"] as number | undefined) ?? DEFAULT_GRACE_MS;
  const items = ["#0", "#1"].map((turn) => ({ site: child!, turn }));
  const rule = { successes: 2, failsAs: "decider", concurrency: 2, graceMs, staggerMs: 0 } as const;
  const two = forkOf(items, start, { env, rule });
  const isLimited = concurrency !== undefined;
  // No items: it ends at once.
  const out = new ReachBuilder().end("ok", start);
  const isEndless = isLimited && courses(two).some((course) => course.to > start.to);
  const isCounted = courses(two).some((course) => mostOf(course) > 0);
  if (isCounted || (isEndless && env.objective.isTime && env.deadline === Infinity))
    env.note({
      code: "map_length",
      path: place.path,
      message: `map "${place.name}" calls its step once an item, and how many items there are is known when it runs`,
    });
  const many = <C extends Course>(course: C): C => ({
    ...course,
    ...(mostOf(course) > 0 && { value: Infinity, slack: 0 }),
    ...(isEndless && { to: Infinity }),
  });
  for (const ending of endings) out.end(ending, ...two.ends[ending].map(many));
  return out.stop(...two.stops.map(many)).build(env.deadline);
};

/** A composite of somebody's own calls its children as often as it likes, and waits as it likes. */
export const walkOwnComposite: Transfer = (site, start, env) => {
  const { objective, deadline } = env;
  const { place } = site;
  const isCounted =
    objective.ofWaiting(place) ||
    childSites(site).some((child) =>
      courses(env.walk(child, [start], env)).some((course) => mostOf(course) > 0),
    );
  if (isCounted || (objective.isTime && deadline === Infinity)) noteOwn(site, env);
  return anythingUntil(
    {
      ...start,
      value: isCounted ? Infinity : 0,
      slack: 0,
      to: Math.max(start.to, deadline),
    },
    Infinity,
  );
};

function noteOwn({ place }: Site, env: Env): void {
  env.note({
    code: "own_composite",
    path: place.path,
    message: `what "${place.name}" does with its children is known when it runs: it is a composite of your own`,
  });
}

function courses({ ends, stops }: Reach): readonly Course[] {
  return [...endings.flatMap((ending) => ends[ending]), ...stops];
}
