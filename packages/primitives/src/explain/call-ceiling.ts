import { childSites, isOwnComposite, type Site } from "./site.ts";
import type { Place } from "../tree/place.ts";

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

/** How often each node is called at most, if time plays no part and errors come as they are needed. */
export function callCeilings(root: Site): ReadonlyMap<Place, number> {
  const ceilings = new Map<Place, number>();
  const visit = (site: Site, given: Given): void => {
    ceilings.set(site.place, given.times);
    const below = givenBelow(site, given);
    for (const child of childSites(site)) visit(child, below);
  };
  visit(root, { times: 1, outermost: undefined });
  return ceilings;
}

function givenBelow(site: Site, given: Given): Given {
  const { type, options } = site.node;
  if (isOwnComposite(site) || type === "map") return repeated(given, Infinity);
  if (type === "loop") return repeated(given, options["maxIterations"] as number);
  if (type === "hedge") return repeated(given, (options["maxHedges"] as number) + 1);
  return type === "retry" ? retried(site, given) : given;
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
