import type { Observation, Registry } from "../metrics/registry.ts";

/** What one cache counted under one name since it was made. It lives as long as its cache. */
export interface CacheTally {
  readonly name: string;
  hits: number;
  total: number;
  /** Entries in the cache's store; undefined where nobody knows. */
  readonly entries: () => number | undefined;
}

/** The tallies that a registry reads. Weakly held: a gauge keeps no cache alive. */
interface Watch {
  readonly tallies: Set<WeakRef<CacheTally>>;
  readonly gone: FinalizationRegistry<WeakRef<CacheTally>>;
}

const watches = new WeakMap<Registry, Watch>();

/** Shows a cache in `cache.hit_rate` and `cache.entries` for as long as it exists. Caches of one name are added up. */
export function watchTally(registry: Registry, tally: CacheTally): void {
  let watch = watches.get(registry);
  if (watch === undefined) watches.set(registry, (watch = watchRegistry(registry)));
  const ref = new WeakRef(tally);
  watch.tallies.add(ref);
  watch.gone.register(tally, ref);
}

/** One observation a registry, not one a cache. */
function watchRegistry(registry: Registry): Watch {
  const tallies = new Set<WeakRef<CacheTally>>();
  registry.observe("cache.hit_rate", () => hitRates(tallies));
  registry.observe("cache.entries", () => entries(tallies));
  return { tallies, gone: new FinalizationRegistry((ref) => tallies.delete(ref)) };
}

function hitRates(tallies: Watch["tallies"]): Observation<"cache.hit_rate">[] {
  const byName = new Map<string, { hits: number; total: number }>();
  for (const { name, hits, total } of living(tallies)) {
    const sum = byName.get(name) ?? { hits: 0, total: 0 };
    sum.hits += hits;
    sum.total += total;
    byName.set(name, sum);
  }
  // Before the first lookup there is no rate: 0 would be an alarm.
  return [...byName].flatMap(([name, { hits, total }]) =>
    total === 0 ? [] : [{ labels: { primitive_name: name }, value: hits / total }],
  );
}

function entries(tallies: Watch["tallies"]): Observation<"cache.entries">[] {
  const byName = new Map<string, number>();
  for (const tally of living(tallies)) {
    const count = tally.entries();
    if (count !== undefined) byName.set(tally.name, (byName.get(tally.name) ?? 0) + count);
  }
  return [...byName].map(([name, value]) => ({ labels: { primitive_name: name }, value }));
}

function living(tallies: Watch["tallies"]): CacheTally[] {
  return [...tallies].flatMap((ref) => ref.deref() ?? []);
}
