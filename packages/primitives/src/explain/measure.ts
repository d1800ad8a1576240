import type { Place } from "../tree/place.ts";
import type { Bound, Unbounded } from "./bound.ts";
import type { Ceilings } from "./ceilings.ts";
import type { Bounds } from "./explanation.ts";
import type { FindMaximum, Maximum, Premises } from "./maximum.ts";
import { callsOf, costOf, runningOf, totalTime, waitingAt, type Objective } from "./objective.ts";
import { missingPrice, usdPerCall } from "./price.ts";
import { isRetry, leafSites, sitesBelow, type Site } from "./site.ts";

export interface Measured {
  readonly root: Site;
  readonly premises: Premises;
  readonly maximumOf: FindMaximum;
  readonly ceilings: Ceilings;
}

/** The bounds of a whole run. */
export function measureRun(measured: Measured): Bounds {
  const leaves = leafSites(measured.root).filter(({ node }) => node.leaf);
  return {
    calls: calls(measured, leaves),
    waitingMs: waiting(measured, () => true),
    totalMs: lasting(measured, totalTime),
    costUsd: cost(measured, leaves),
  };
}

/** The bounds of one leaf. */
export function measureLeaf(measured: Measured, leaf: Site): Bounds {
  const { place, node } = leaf;
  const above = placesAbove(place);
  return {
    calls: calls(measured, [leaf]),
    waitingMs: waiting(measured, (at) => above.has(at)),
    totalMs: node.leaf
      ? lasting(measured, runningOf(leaf))
      : waiting(measured, (at) => at === place),
    costUsd: cost(measured, [leaf]),
  };
}

function placesAbove(place: Place): ReadonlySet<Place> {
  const above = new Set<Place>();
  for (let at: Place | undefined = place; at !== undefined; at = at.parent) above.add(at);
  return above;
}

function calls({ maximumOf, premises, ceilings }: Measured, leaves: readonly Site[]): Bound {
  const places = new Set(leaves.map(({ place }) => place));
  const { max, reasons } = maximumOf(
    callsOf(({ place }) => places.has(place)),
    premises,
  );
  const ceiling = leaves.reduce((sum, { place }) => sum + ceilings.calls.get(place)!, 0);
  return boundOf({ max: Math.min(max, ceiling), reasons });
}

function waiting(measured: Measured, isMeant: (place: Place) => boolean): Bound {
  const { root, ceilings } = measured;
  const meant = sitesBelow(root).filter(({ place }) => isMeant(place));
  // Where only retries wait, it is known how often they do.
  const waits = meant.filter(({ node }) => !node.leaf && WAITING.has(node.type));
  const ceiling = waits.reduce(
    (sum, { place }) => sum + (ceilings.backoffMs.get(place) ?? Infinity),
    0,
  );
  return lasting(measured, waitingAt(isMeant), ceiling);
}

const WAITING: ReadonlySet<string> = new Set(["retry", "wait", "rate_limit", "bulkhead"]);

/** @param ceiling It is no more than this, if no server asks for longer waits */
function lasting(measured: Measured, objective: Objective, ceiling = Infinity): Bound {
  const { root, premises, maximumOf } = measured;
  const find = (retryAfterMs: number): Maximum => {
    const found = maximumOf(objective, { ...premises, retryAfterMs });
    return retryAfterMs === 0 && ceiling < found.max ? { ...found, max: ceiling } : found;
  };
  const bound = boundOf(find(premises.retryAfterMs));
  if (premises.retryAfterMs !== Infinity || !sitesBelow(root).some(isRetry)) return bound;
  const { max } = find(0);
  if (max === Infinity || (bound.kind === "bounded" && bound.max === max)) return bound;
  return { ...bound, withoutRetryAfter: max };
}

function cost({ maximumOf, premises }: Measured, leaves: readonly Site[]): Bound {
  const models = leaves.filter(({ node }) => node.type === "llm");
  if (models.length === 0) return { kind: "bounded", max: 0 };
  const places = new Set(models.map(({ place }) => place));
  const ofLeaf = (leaf: Site): number => (places.has(leaf.place) ? usdPerCall(leaf) : 0);
  const { max, reasons } = maximumOf(costOf(ofLeaf), premises);
  const missing: readonly Unbounded[] = models.flatMap((model) => missingPrice(model) ?? []);
  return boundOf({ max, reasons: [...missing, ...reasons] });
}

function boundOf({ max, reasons }: Maximum): Bound {
  // What is reckoned from differences of endless times is no number, and no bound.
  return max < Infinity ? { kind: "bounded", max } : { kind: "unbounded", reasons };
}
