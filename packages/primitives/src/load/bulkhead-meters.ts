import type { Registry } from "../metrics/registry.ts";

export interface BulkheadMeters {
  inUse(change: 1 | -1): void;
  queued(change: 1 | -1): void;
}

/** Moved, not set: bulkheads of one name add up. */
export function bulkheadMeters(name: string, registry: Registry): BulkheadMeters {
  const inUse = registry.gauge("bulkhead.in_use").bind({ primitive_name: name });
  const queued = registry.gauge("bulkhead.queued").bind({ primitive_name: name });
  return {
    inUse: (change) => inUse.set(inUse.value + change),
    queued: (change) => queued.set(queued.value + change),
  };
}
