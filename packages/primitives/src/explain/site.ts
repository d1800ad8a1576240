import { Edge, type TreeNode } from "../tree/node.ts";
import { nowhere, Place } from "../tree/place.ts";

/** A node and where it stands. */
export interface Site {
  readonly node: TreeNode;
  readonly place: Place;
}

export function rootSite(node: TreeNode): Site {
  return { node, place: new Place(nowhere, new Edge("", node)) };
}

/** What hangs below, in order. The attempts of a hedge are one step, called several times. */
export function childSites({ node, place }: Site): readonly Site[] {
  const edges = node.type === "hedge" ? node.children.slice(0, 1) : node.children;
  return edges.map((edge) => ({ node: edge.child, place: place.child(edge) }));
}

/** A composite of somebody's own: what it does with its children is known when it does it. */
export function isOwnComposite({ node }: Site): boolean {
  return node.userCode && !node.leaf;
}

export function isRetry(site: Site): boolean {
  return site.node.type === "retry" && !isOwnComposite(site) && !isObserved(site);
}

/** `observe` around a primitive: its type may be anything. */
export function isObserved({ node }: Site): boolean {
  return !node.leaf && node.options["observed"] !== undefined;
}

/** Every node, parents first. */
export function sitesBelow(site: Site): readonly Site[] {
  return [site, ...childSites(site).flatMap(sitesBelow)];
}

/** What is called or waited for: steps, model calls, waits. */
export function leafSites(root: Site): readonly Site[] {
  return sitesBelow(root).filter(({ node }) => node.leaf || node.type === "wait");
}
