import type { WorkflowContext } from "../context.ts";
import { detachableEdge } from "../door/detached.ts";
import {
  checkFunction,
  checkNumber,
  checkOptionalNumber,
  checkOptions,
  describe,
  DURATION,
  POSITIVE_DURATION,
  type NumberRule,
} from "../options.ts";
import { checkName } from "../primitive.ts";
import type { TreeNode } from "../tree/node.ts";
import type { CachePlan } from "./cache-plan.ts";
import type { CacheStore } from "./cache-store.ts";
import { memoryStore } from "./memory-store.ts";

export interface CacheOptions<I, O> {
  /** Says which inputs mean the same. Everything the result depends on belongs in it. */
  readonly key: (input: I, context: WorkflowContext) => string;
  /** How long a value is fresh, in milliseconds. */
  readonly ttlMs: number;
  /** How long after that it is still served while it is loaded anew in the background, in milliseconds. @default 0 */
  readonly staleMs?: number;
  /** How long after `ttlMs` it is served instead of the error when loading fails, in milliseconds. @default 0 */
  readonly staleIfErrorMs?: number;
  /** Part of `ttlMs`, 0 to 1, by which chance may shorten it, so that what was stored together does not expire together. @default 0.1 */
  readonly ttlJitter?: number;
  /** Most entries in memory; the one least recently used makes room. A store of your own sets its own limits. @default 1000 */
  readonly maxEntries?: number;
  /** Where entries are kept. @default the memory of this process */
  readonly store?: CacheStore;
  /** How long the store may take to answer before a call does without it, in milliseconds. @default 500 */
  readonly storeTimeoutMs?: number;
  /** Keeps what different tenants cached apart. A call for which it returns nothing fails: no entry is shared by mistake. */
  readonly tenant?: (input: I, context: WorkflowContext) => string;
  /** What a call costs that a hit saves, in USD: a number, or a function of the value. */
  readonly costUsd?: number | ((value: O) => number);
  /** How long a refresh in the background may take, in milliseconds. @default 30_000 */
  readonly refreshTimeoutMs?: number;
  /** `cache.type` in telemetry. @default "memory"; with a store, what the store says */
  readonly type?: string;
}

const DEFAULT_MAX_ENTRIES = 1000;
/** Room for every entry is set aside at once. */
const ENTRIES: NumberRule = { min: 1, max: 2 ** 24, integer: true };
const DEFAULT_TTL_JITTER = 0.1;
const DEFAULT_REFRESH_TIMEOUT_MS = 30_000;
const DEFAULT_STORE_TIMEOUT_MS = 500;

const RATIO: NumberRule = { min: 0, max: 1 };

/** @throws TypeError or RangeError that names the option */
export function planCache<I, O>(options: CacheOptions<I, O>, child: TreeNode): CachePlan {
  checkOptions(options, "cache(step, options)");
  const { key, tenant, store, costUsd } = options;
  checkFunction(key, "cache({ key })");
  checkFunction(tenant, "cache({ tenant })", true);
  if (typeof costUsd !== "function") checkOptionalNumber(costUsd, "cache({ costUsd })", { min: 0 });
  if (store !== undefined) checkStore(store);
  const entries =
    checkOptionalNumber(options.maxEntries, "cache({ maxEntries })", ENTRIES) ??
    DEFAULT_MAX_ENTRIES;
  const memory = store === undefined ? memoryStore(entries) : undefined;
  const ofStore = store === undefined ? "memory" : (store.type ?? "custom");
  return {
    edge: detachableEdge("body", child),
    key,
    tenant,
    times: {
      ttlMs: checkNumber(options.ttlMs, "cache({ ttlMs })", POSITIVE_DURATION),
      ttlJitter:
        checkOptionalNumber(options.ttlJitter, "cache({ ttlJitter })", RATIO) ?? DEFAULT_TTL_JITTER,
      staleMs: checkOptionalNumber(options.staleMs, "cache({ staleMs })", DURATION) ?? 0,
      staleIfErrorMs:
        checkOptionalNumber(options.staleIfErrorMs, "cache({ staleIfErrorMs })", DURATION) ?? 0,
    },
    costUsd,
    refreshTimeoutMs:
      checkOptionalNumber(
        options.refreshTimeoutMs,
        "cache({ refreshTimeoutMs })",
        POSITIVE_DURATION,
      ) ?? DEFAULT_REFRESH_TIMEOUT_MS,
    storeTimeoutMs:
      checkOptionalNumber(options.storeTimeoutMs, "cache({ storeTimeoutMs })", POSITIVE_DURATION) ??
      DEFAULT_STORE_TIMEOUT_MS,
    maxEntries: store === undefined ? entries : undefined,
    store: memory ?? store!,
    memory,
    type: options.type === undefined ? ofStore : checkName(options.type, "cache({ type })"),
  };
}

/** The options as data, for drawings and bounds. */
export function describeCache(plan: CachePlan): Readonly<Record<string, unknown>> {
  const { times, refreshTimeoutMs, storeTimeoutMs, maxEntries, costUsd, type } = plan;
  return {
    ...times,
    refreshTimeoutMs,
    storeTimeoutMs,
    type,
    hasTenant: plan.tenant !== undefined,
    ...(maxEntries !== undefined && { maxEntries }),
    ...(typeof costUsd === "number" && { costUsd }),
  };
}

function checkStore(store: CacheStore): void {
  const { get, set, delete: forget } = (store as Partial<CacheStore> | null) ?? {};
  if ([get, set, forget].some((method) => typeof method !== "function"))
    throw new TypeError(
      `cache({ store }): expected an object with get, set and delete, got ${describe(store)}`,
    );
}
