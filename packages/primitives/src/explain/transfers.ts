import type { Transfer } from "./env.ts";
import { childSites, isObserved, isOwnComposite, type Site } from "./site.ts";
import { walkFork, walkHedge } from "./walk-fork.ts";
import { walkCache, walkCircuitBreaker } from "./walk-guard.ts";
import { walkLeaf } from "./walk-leaf.ts";
import { walkMap, walkOwnComposite } from "./walk-own.ts";
import { walkRetry } from "./walk-retry.ts";
import { walkSaga } from "./walk-saga.ts";
import {
  walkChoice,
  walkFallback,
  walkLoop,
  walkSequential,
  walkWorkflow,
} from "./walk-sequence.ts";
import { walkTimeout } from "./walk-timeout.ts";
import { walkBulkhead, walkRateLimit, walkWait } from "./walk-wait.ts";

const TRANSFERS: Readonly<Record<string, Transfer>> = {
  sequential: walkSequential,
  parallel: walkFork,
  race: walkFork,
  map: walkMap,
  conditional: walkChoice,
  switch: walkChoice,
  router: walkChoice,
  loop: walkLoop,
  workflow: walkWorkflow,
  retry: walkRetry,
  fallback: walkFallback,
  timeout: walkTimeout,
  saga: walkSaga,
  circuit_breaker: walkCircuitBreaker,
  bulkhead: walkBulkhead,
  rate_limit: walkRateLimit,
  hedge: walkHedge,
  cache: walkCache,
  wait: walkWait,
};

/** What a call of a node may do. A type says nothing where somebody else may have chosen it. */
export function transferOf(site: Site): Transfer {
  const { node } = site;
  if (node.leaf) return walkLeaf;
  if (isOwnComposite(site)) return walkOwnComposite;
  if (isObserved(site)) return walkThrough;
  return TRANSFERS[node.type] ?? walkOwnComposite;
}

/** `observe` around a primitive changes nothing. */
const walkThrough: Transfer = (site, start, env) => env.walk(childSites(site)[0]!, [start], env);
