import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { TreeNode } from "../tree/node.ts";
import { cacheMeters, type CacheMeters } from "./cache-meters.ts";
import { describeCache, planCache, type CacheOptions } from "./cache-options.ts";
import { InProcessCache } from "./in-process-cache.ts";
import { JournaledCache } from "./journaled-cache.ts";
import { StoreGuard } from "./store-guard.ts";

/**
 * Remembers what a step returned, and has callers of one key share one call.
 *
 * Any value is cached, null and undefined too; errors are not. In memory a value is kept by reference: every hit gets the
 * same object, so treat it as read-only. An async iterable can be consumed once: it is passed through, as a miss.
 *
 * A load belongs to no single caller. It runs in the context of the caller that started it, but goes on until the last
 * caller that waits for it has gone, with the latest of their deadlines; a caller's own abort rejects that caller alone, at
 * once. Its span is a child of the starter's and carries `execution.detached`; the others' link to it. What the step writes
 * into `state` reaches the caller that started the load.
 *
 * A store that fails or hangs turns the cache off for that call, never the call itself (`cache.store.errors`); callers still
 * share a load, and none waits for a value to be stored. On a runtime that journals steps, lookup and storing are
 * decisions; callers then share no load, and a value past `ttlMs` is served only when the call fails.
 *
 * A lookup is counted when it ends: as a miss for the caller whose load it was, as a hit for one that was served a fresh or
 * stale value or shared a load, whatever came of it.
 *
 * @throws whatever the step throws, to every caller that waits for it; TypeError when `key` or `tenant` return no string;
 *   the caller's `signal.reason` on abort; TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { cache } from "@tta-dev/primitives";
 *
 * const search = async (query: string) => [`a page about ${query}`];
 * const cached = cache(search, { key: (query) => query.toLowerCase(), ttlMs: 60_000, staleMs: 300_000 });
 * const pages = await cached.execute("Returns");
 * ```
 */
export function cache<I, O>(
  step: Step<I, O>,
  options: CacheOptions<I, NoInfer<O>>,
): Primitive<I, O> {
  const child = nodeOf(step, "cache(): step");
  const plan = planCache(options, child);
  const store = new StoreGuard(plan);
  const inProcess = new InProcessCache(plan, store);
  const journaled = new JournaledCache(plan, store);
  return primitiveOf(
    new TreeNode({
      type: "cache",
      name: child.name,
      leaf: false,
      children: [plan.edge],
      options: describeCache(plan),
      attributes: { "cache.type": plan.type },
      meters: cacheMeters({
        type: plan.type,
        savesMoney: plan.costUsd !== undefined,
        isStoreGiven: plan.memory === undefined,
        entries: () => plan.store.size,
      }),
      run: (input, context, meters: CacheMeters) =>
        context.runtime.inline
          ? inProcess.run(input, context, meters)
          : journaled.run(input, context, meters),
    }),
  );
}
