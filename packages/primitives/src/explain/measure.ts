import type { Bound, Unbounded } from "./bound.ts";
import type { Bounds } from "./explanation.ts";
import { maximumOf, type Maximum, type Premises } from "./maximum.ts";
import { callsOf, costOf, runningOf, totalTime, waitingAt, type Objective } from "./objective.ts";
import type { Place } from "../tree/place.ts";
import { missingPrice, usdPerCall } from "./price.ts";
import { leafSites, sitesBelow, type Site } from "./site.ts";

interface Given {
  readonly premises: Premises;
  readonly ceilings: ReadonlyMap<Place, number>;
}

/** The bounds of a whole run. */
export function measureRun(root: Site, { premises, ceilings }: Given): Bounds {
  const leaves = leafSites(root).filter(({ node }) => node.leaf);
  const ceiling = leaves.reduce((sum, { place }) => sum + ceilings.get(place)!, 0);
  return {
    calls: counted(maximumOf(root, callsOf(({ node }) => node.leaf), premises), ceiling),
    waitingMs: lasting(root, waitingAt(() => true), premises),
    totalMs: lasting(root, totalTime, premises),
    costUsd: cost(root, leaves, premises),
  };
}

/** The bounds of one leaf. */
export function measureLeaf(root: Site, leaf: Site, { premises, ceilings }: Given): Bounds {
  const { place, node } = leaf;
  const isLeaf = (other: Site): boolean => other.place === place;
  const above = placesAbove(place);
  const calls = maximumOf(root, callsOf(isLeaf), premises);
  return {
    calls: counted(calls, ceilings.get(place)!),
    waitingMs: lasting(root, waitingAt((at) => above.has(at)), premises),
    totalMs: lasting(root, node.leaf ? runningOf(leaf) : waitingAt((at) => at === place), premises),
    costUsd: cost(root, [leaf], premises),
  };
}

function placesAbove(place: Place): ReadonlySet<Place> {
  const above = new Set<Place>();
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) above.add(at);
  return above;
}

/** Calls that were not followed one by one are no more than the tree allows. */
function counted({ max, reasons }: Maximum, ceiling: number): Bound {
  return boundOf({ max: Math.min(max, ceiling), reasons });
}

function lasting(root: Site, objective: Objective, premises: Premises): Bound {
  const bound = boundOf(maximumOf(root, objective, premises));
  if (premises.retryAfterMs !== Infinity || !sitesBelow(root).some(isRetry)) return bound;
  const { max } = maximumOf(root, objective, { ...premises, retryAfterMs: 0 });
  if (max === Infinity || (bound.kind === "bounded" && bound.max === max)) return bound;
  return { ...bound, withoutRetryAfter: max };
}

function isRetry({ node }: Site): boolean {
  return node.type === "retry" && !node.userCode;
}

function cost(root: Site, leaves: readonly Site[], premises: Premises): Bound {
  const models = leaves.filter(({ node }) => node.type === "llm");
  if (models.length === 0) return { kind: "bounded", max: 0 };
  const places = new Set(models.map(({ place }) => place));
  const ofLeaf = (leaf: Site): number => (places.has(leaf.place) ? usdPerCall(leaf) : 0);
  const { max, reasons } = maximumOf(root, costOf(ofLeaf), premises);
  const missing: readonly Unbounded[] = models.flatMap((model) => missingPrice(model) ?? []);
  return boundOf({ max, reasons: [...missing, ...reasons] });
}

function boundOf({ max, reasons }: Maximum): Bound {
  return max === Infinity ? { kind: "unbounded", reasons } : { kind: "bounded", max };
}
