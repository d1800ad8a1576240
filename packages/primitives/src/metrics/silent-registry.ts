import type { Registry } from "./registry.ts";

/**
 * Stands in the process's slot where nobody can read metrics: it takes whatever is recorded and keeps none of it. Code
 * that reads brings a registry that records; see `completeSlot`.
 */
export function createSilentRegistry(): Registry & { readonly isSilent: true } {
  const ignore = (): void => undefined;
  // One object for every series of every metric. Primitives count by `value++`, and here nobody looks at the sum.
  const series = {
    value: 0,
    add: ignore,
    set: ignore,
    record: ignore,
    addNanoUsd: ignore,
    exemplify: ignore,
  };
  const metric = (name: string): unknown => ({ name, bind: () => series });
  const registry = {
    isSilent: true,
    counter: metric,
    upDown: metric,
    gauge: metric,
    histogram: metric,
    observe: () => ignore,
    snapshot: () => ({ startMs: Date.now(), metrics: [], atMs: Date.now() }),
  };
  // The classes of series have private fields, which no stand-in can have.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return registry as unknown as Registry & { readonly isSilent: true };
}
