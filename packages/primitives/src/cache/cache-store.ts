/** One cached value and how long it is good for. Plain data where the value is: a store may write it as JSON. */
export interface CacheEntry {
  readonly value: unknown;
  /** When the value was loaded: epoch milliseconds; monotonic ones in the store of this process. */
  readonly storedAtMs: number;
  /** How long it is fresh from then on, in milliseconds, jitter included. */
  readonly ttlMs: number;
}

/** What a store is told about an entry it is to keep. */
export interface CachePut {
  /** After this many milliseconds nobody can use the entry any more: let it expire then. */
  readonly maxAgeMs: number;
  /** Tell it of every entry that has to go to make room. @param reason A few words at most: a metric label */
  readonly onEviction: (reason: string) => void;
}

/**
 * Where a cache keeps its entries: in memory, or anywhere else behind the same three calls.
 *
 * Every call may throw, reject or take its time: the cache then does without it. Whether an entry is fresh, stale or past
 * use is the cache's to say; a store may forget an entry at any time.
 */
export interface CacheStore {
  /** `cache.type` in telemetry, such as "redis". @default "custom" */
  readonly type?: string;
  /** Entries in it now, for the metric `cache.entries`; absent where nobody knows. */
  readonly size?: number;
  get(key: string): CacheEntry | undefined | PromiseLike<CacheEntry | undefined>;
  set(key: string, entry: CacheEntry, put: CachePut): void | PromiseLike<void>;
  /** Forgets an entry; also called for entries found to be past use. */
  delete(key: string): unknown;
}
