import type { WorkflowContext } from "../context.ts";
import { activate } from "../door/ambient.ts";
import type { CallContext } from "../door/call-context.ts";
import { describe } from "../options.ts";
import type { Runtime } from "../runtime/port.ts";
import type { Edge } from "../tree/node.ts";
import type { CacheEntry, CacheStore } from "./cache-store.ts";
import type { MemoryStore } from "./memory-store.ts";

/** How long entries are good for, in milliseconds. */
export interface CacheTimes {
  readonly ttlMs: number;
  readonly ttlJitter: number;
  readonly staleMs: number;
  readonly staleIfErrorMs: number;
}

/** A function of the caller's. The input is `never`, as on a node: types live on the primitive. */
type Keyed = (input: never, context: WorkflowContext) => unknown;

/** A cache's options, checked, and what follows from them. */
export interface CachePlan {
  readonly edge: Edge;
  readonly key: Keyed;
  readonly tenant: Keyed | undefined;
  readonly times: CacheTimes;
  readonly costUsd: number | ((value: never) => number) | undefined;
  readonly refreshTimeoutMs: number;
  readonly storeTimeoutMs: number;
  readonly store: CacheStore;
  /** The store, where it is the one of this process. */
  readonly memory: MemoryStore | undefined;
  /** Of the store of this process. */
  readonly maxEntries: number | undefined;
  /** `cache.type` in telemetry. */
  readonly type: string;
}

/** What may be done with an entry: serve it; serve it and refresh; serve it when loading fails; forget it. */
export type Freshness = "fresh" | "stale" | "fallback" | "dead";

export function freshnessOf(entry: CacheEntry, nowMs: number, times: CacheTimes): Freshness {
  const pastMs = nowMs - entry.storedAtMs - entry.ttlMs;
  if (pastMs < 0) return "fresh";
  if (pastMs < times.staleMs) return "stale";
  return pastMs < times.staleIfErrorMs ? "fallback" : "dead";
}

export function maxAgeMs(entry: CacheEntry, { staleMs, staleIfErrorMs }: CacheTimes): number {
  return entry.ttlMs + Math.max(staleMs, staleIfErrorMs);
}

/** Monotonic where only this process reads it, so that a corrected wall clock makes no entry older or younger. */
export function clockOf(plan: CachePlan, runtime: Runtime): number {
  return plan.memory === undefined ? runtime.now() : runtime.elapsed();
}

/** Jitter only shortens, so that entries stored together do not expire together and none outlives `ttlMs`. */
export function entryOf(plan: CachePlan, value: unknown, runtime: Runtime): CacheEntry {
  const { ttlMs, ttlJitter } = plan.times;
  const jitter = ttlJitter === 0 ? 0 : ttlJitter * runtime.random();
  return { value, storedAtMs: clockOf(plan, runtime), ttlMs: ttlMs * (1 - jitter) };
}

/** Asks the caller's functions for the key. @throws TypeError when they return no key */
export function keyOf(plan: CachePlan, input: never, context: CallContext): string {
  const { tenant } = plan;
  const key = activate(context, plan.key, input);
  if (typeof key !== "string")
    throw new TypeError(
      `cache({ key }): expected it to return a string, it returned ${describe(key)}`,
    );
  if (tenant === undefined) return key;
  const partition = activate(context, tenant, input);
  if (typeof partition !== "string" || partition === "")
    throw new TypeError(
      `cache({ tenant }): expected it to return a non-empty string, it returned ${describe(partition)}`,
    );
  // The length makes it unambiguous: no tenant and key read like another tenant and key.
  return `${partition.length}:${partition}:${key}`;
}
