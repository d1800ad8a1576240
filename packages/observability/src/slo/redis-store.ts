import { inspect } from "node:util";
import type { SloStore } from "./slo-store.ts";

/** What is used of a Redis client; those of the packages `redis` and `ioredis` have it. */
export interface SloRedisClient {
  readonly get: (key: string) => Promise<unknown>;
  readonly set: (key: string, value: string) => Promise<unknown>;
}

/**
 * Keeps the counts of SLOs under a key of Redis. Connect the client before, and close it after `shutdown()`.
 *
 * Give each process a key of its own: of two that share one, the later writer wins.
 *
 * @throws TypeError for a client without `get` and `set`, or a key that is no non-empty string
 * @example
 * ```ts
 * import { redisSloStore, type SloRedisClient } from "@tta-dev/observability";
 *
 * declare const client: SloRedisClient; // await createClient().connect() of the package "redis"
 * const store = redisSloStore(client, { key: "support-desk:slo:pod-3" });
 * ```
 */
export function redisSloStore(client: SloRedisClient, { key }: { readonly key: string }): SloStore {
  const given: unknown = client;
  for (const method of ["get", "set"] as const)
    if (typeof (given as Partial<SloRedisClient> | null | undefined)?.[method] !== "function")
      throw new TypeError(
        `redisSloStore: client is ${inspect(given, { depth: 0 })}; expected one with the methods get and set`,
      );
  if (typeof key !== "string" || key === "")
    throw new TypeError(
      `redisSloStore: key is ${inspect(key, { depth: 0 })}; expected a non-empty string`,
    );
  return {
    async load() {
      const text = await client.get(key);
      if (text === null || text === undefined) return undefined;
      if (typeof text !== "string") throw new TypeError(`the value of ${key} is no text`);
      return text;
    },
    save: (state) => client.set(key, state),
  };
}
