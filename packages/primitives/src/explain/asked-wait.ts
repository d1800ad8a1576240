import { childSites, sitesBelow, type Site } from "./site.ts";

/** The longest wait that errors of ours may ask a retry for, as a server would with `Retry-After`; 0 where there are none. */
export function askedWaitMs(retry: Site): number {
  let asked = 0;
  for (const { node } of sitesBelow(childSites(retry)[0]!)) {
    const { maxWaitMs, intervalMs, limit, openMs } = node.options as Record<string, number>;
    // The first that has to wait too long is one token late.
    if (node.type === "rate_limit") asked = Math.max(asked, maxWaitMs! + intervalMs! / limit!);
    // An open circuit is retried only by who asks for it.
    if (node.type === "circuit_breaker" && retry.node.options["hasRetryIf"] === true)
      asked = Math.max(asked, openMs!);
  }
  return asked;
}
