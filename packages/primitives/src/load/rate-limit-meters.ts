import type { Registry } from "../metrics/registry.ts";

export interface RateLimitMeters {
  waiting(change: 1 | -1): void;
}

/** Moved, not set: rate limits of one name add up. */
export function rateLimitMeters(name: string, registry: Registry): RateLimitMeters {
  const waiting = registry.gauge("rate_limit.waiting").bind({ primitive_name: name });
  return { waiting: (change) => waiting.set(waiting.value + change) };
}
