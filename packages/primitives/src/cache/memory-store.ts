import { LRUCache } from "lru-cache";
import type { CacheEntry, CachePut, CacheStore } from "./cache-store.ts";

/** A store that answers at once. */
export interface MemoryStore extends CacheStore {
  get(key: string): CacheEntry | undefined;
}

/**
 * Keeps entries in this process; the one least recently used makes room for a new one.
 *
 * Nothing is timed here: entries past use go when they are found, or when their place is needed.
 *
 * @param maxEntries Room is set aside for that many
 */
export function memoryStore(maxEntries: number): MemoryStore {
  /** Of the entry that is being stored: what makes room for it is its doing. */
  let put: CachePut | undefined;
  const entries = new LRUCache<string, CacheEntry>({
    max: maxEntries,
    dispose: (_entry, _key, reason) => {
      if (reason === "evict") put?.onEviction("capacity");
    },
  });
  return {
    type: "memory",
    get size() {
      return entries.size;
    },
    get: (key) => entries.get(key),
    set(key, entry, given) {
      put = given;
      entries.set(key, entry);
    },
    delete: (key) => entries.delete(key),
  };
}
