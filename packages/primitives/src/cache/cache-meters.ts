import type { CacheKind } from "../catalog/values.ts";
import type { Registry } from "../metrics/registry.ts";
import { watchTally, type CacheTally } from "./cache-gauges.ts";

/** Why a store is counted in `cache.store.errors`. */
export const STORE_FAILURES = [
  "get_failed",
  "get_timeout",
  "invalid_entry",
  "set_failed",
  "set_timeout",
  "delete_failed",
] as const;
export type StoreFailure = (typeof STORE_FAILURES)[number];

export interface CacheMeters {
  /** Counts one lookup: a miss, or one of the kinds of hit. */
  answered(kind: CacheKind): void;
  /** Counts what a hit saved. */
  saved(costUsd: () => number): void;
  evicted(reason: string): void;
  storeFailed(reason: StoreFailure): void;
}

export interface CacheMetersPlan {
  readonly type: string;
  readonly savesMoney: boolean;
  /** False for the store of this process, which cannot fail. */
  readonly isStoreGiven: boolean;
  readonly entries: () => number | undefined;
}

/** Makes what binds a cache's metrics to a name, for the cache's `meters`. */
export function cacheMeters(
  plan: CacheMetersPlan,
): (name: string, registry: Registry) => CacheMeters {
  // Kept with the cache: what it counted stays when the series of a place are bound anew.
  const tallies = new WeakMap<Registry, Map<string, CacheTally>>();
  const tallyOf = (name: string, registry: Registry): CacheTally => {
    let byName = tallies.get(registry);
    if (byName === undefined) tallies.set(registry, (byName = new Map()));
    let tally = byName.get(name);
    if (tally === undefined) {
      tally = { name, hits: 0, total: 0, entries: plan.entries };
      byName.set(name, tally);
      watchTally(registry, tally);
    }
    return tally;
  };
  return (name, registry) => bindMeters(plan, tallyOf(name, registry), registry);
}

function bindMeters(plan: CacheMetersPlan, tally: CacheTally, registry: Registry): CacheMeters {
  const named = { primitive_name: tally.name };
  const lookups = { ...named, cache_type: plan.type };
  const hits = registry.counter("cache.hits").bind(lookups);
  const misses = registry.counter("cache.misses").bind(lookups);
  const total = registry.counter("cache.total").bind(lookups);
  const savings = plan.savesMoney
    ? registry.counter("cache.cost_savings.usd").bind(named)
    : undefined;
  const evictions = registry.counter("cache.evictions");
  const errors = registry.counter("cache.store.errors");
  // Series whose labels are known exist with 0 before the first event.
  for (const reason of ["capacity", "expired"]) evictions.bind({ ...named, reason });
  if (plan.isStoreGiven) for (const reason of STORE_FAILURES) errors.bind({ ...named, reason });
  return {
    answered(kind) {
      total.value++;
      tally.total++;
      if (kind === "miss") {
        misses.value++;
        return;
      }
      hits.value++;
      tally.hits++;
    },
    saved(costUsd) {
      try {
        savings?.add(costUsd());
      } catch {
        registry.counter("telemetry.dropped").bind({ reason: "callback_error" }).add(1);
      }
    },
    evicted: (reason) => evictions.bind({ ...named, reason }).add(1),
    storeFailed: (reason) => errors.bind({ ...named, reason }).add(1),
  };
}
