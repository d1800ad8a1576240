import { describe, expect, it } from "vitest";
import type { CacheEntry, CachePut } from "./cache-store.ts";
import { memoryStore } from "./memory-store.ts";

const entry = (value: unknown): CacheEntry => ({ value, storedAtMs: 0, ttlMs: 1 });

function recorder(): { readonly put: CachePut; readonly reasons: string[] } {
  const reasons: string[] = [];
  return { reasons, put: { maxAgeMs: 1, onEviction: (reason) => void reasons.push(reason) } };
}

describe("the store of this process", () => {
  it("keeps entries, whatever their value, by reference", () => {
    const store = memoryStore(10);
    const given = entry(undefined);
    store.set("a", given, recorder().put);
    expect(store.get("a")).toBe(given);
    expect(store.get("b")).toBeUndefined();
    expect(store.size).toBe(1);
    store.delete("a");
    expect(store.get("a")).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it("tells whoever put the last straw of the entry that had to go, and of no other", () => {
    const store = memoryStore(2);
    const { put, reasons } = recorder();
    store.set("a", entry(1), put);
    store.set("a", entry(2), put);
    store.set("b", entry(3), put);
    store.delete("b");
    store.set("b", entry(3), put);
    expect(reasons).toEqual([]);
    const other = recorder();
    store.set("c", entry(4), other.put);
    expect(reasons).toEqual([]);
    expect(other.reasons).toEqual(["capacity"]);
    expect(store.get("a")).toBeUndefined();
  });

  it("forgets nothing for its age: that is the cache's to say", () => {
    const store = memoryStore(1);
    store.set("a", { value: 1, storedAtMs: -1e9, ttlMs: 1 }, recorder().put);
    expect(store.get("a")?.value).toBe(1);
  });
});
