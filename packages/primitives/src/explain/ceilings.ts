import type { Place } from "../tree/place.ts";
import { waitRanges } from "./backoff-range.ts";
import { askedWaitMs } from "./asked-wait.ts";
import { childSites, isObserved, isOwnComposite, isRetry, type Site } from "./site.ts";

/**
 * How often each node is called at most, if time plays no part and errors come as they are needed. Simple, and often too
 * much: a limit for what is not followed call by call.
 */
export interface Ceilings {
  readonly calls: ReadonlyMap<Place, number>;
  /** How long the retry may wait in all, if no server asks for more. */
  readonly backoffMs: ReadonlyMap<Place, number>;
}

/** The outermost retry around, as far as it limits those below it. */
interface Outermost {
  /** How often it is called. */
  readonly runs: number;
  /** Turns of loops and hedges below it: the calls of each are counted by themselves. */
  readonly turns: number;
  readonly attempts: number;
}

interface Given {
  readonly times: number;
  readonly outermost: Outermost | undefined;
}

export function ceilingsOf(root: Site): Ceilings {
  const calls = new Map<Place, number>();
  const backoffMs = new Map<Place, number>();
  const visit = (site: Site, given: Given): void => {
    calls.set(site.place, given.times);
    const below = givenBelow(site, given);
    if (isRetry(site)) backoffMs.set(site.place, waitsOf(site, given.times, below.times));
    for (const child of childSites(site)) visit(child, below);
  };
  visit(root, { times: 1, outermost: undefined });
  return { calls, backoffMs };
}

function givenBelow(site: Site, given: Given): Given {
  const { type, options } = site.node;
  if (isObserved(site)) return given;
  if (isOwnComposite(site) || type === "map") return repeated(given, Infinity);
  if (type === "loop") return repeated(given, options["maxIterations"] as number);
  if (type === "hedge") return repeated(given, (options["maxHedges"] as number) + 1);
  return isRetry(site) ? retried(site, given) : given;
}

function repeated({ times, outermost }: Given, by: number): Given {
  return {
    times: times * by,
    outermost: outermost && { ...outermost, turns: outermost.turns * by },
  };
}

function retried({ node }: Site, { times, outermost }: Given): Given {
  const attempts = node.options["attempts"] as number;
  if (node.options["nested"] === "multiply")
    return { times: times * attempts, outermost: undefined };
  if (outermost === undefined)
    return { times: times * attempts, outermost: { runs: times, turns: 1, attempts } };
  const most = Math.max(outermost.attempts, attempts);
  const { runs, turns } = outermost;
  return {
    times: Math.min(times * attempts, runs * turns * most),
    outermost: { ...outermost, attempts: most },
  };
}

/** Before each start but the first there may be a wait. */
function waitsOf(site: Site, runs: number, starts: number): number {
  const attempts = site.node.options["attempts"] as number;
  if (attempts === 1) return 0;
  const planned = waitRanges(site.node.options["backoff"])(attempts - 1).most;
  const longest = Math.max(planned, askedWaitMs(site));
  return longest === 0 ? 0 : longest * Math.min(runs * (attempts - 1), starts - 1);
}
