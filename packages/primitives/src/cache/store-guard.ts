import { activate } from "../door/ambient.ts";
import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import { isPromiseLike } from "../promise-like.ts";
import { publish } from "../telemetry/publish.ts";
import { waitAtMost } from "../door/bounded-wait.ts";
import type { StoreFailure } from "./cache-meters.ts";
import { maxAgeMs, type CachePlan } from "./cache-plan.ts";
import type { CacheEntry, CachePut } from "./cache-store.ts";
import type { Lookup } from "./lookup.ts";

/** The store could not be asked: this call does without it. */
export const UNAVAILABLE: unique symbol = Symbol("unavailable");
export type Found = CacheEntry | undefined | typeof UNAVAILABLE;

/** One question to the store, and how many callers wait for the answer. */
interface Question {
  readonly answer: PromiseLike<unknown>;
  waiting: number;
}

/**
 * The store as a cache sees it: it may fail or hang, and costs a call nothing but a wait, which is bounded.
 *
 * A store that answers at once is asked by every caller. Others are asked once for all callers of a key that wait at the
 * same time: else a late "nothing there" could arrive after the value was loaded and stored, and it would be loaded again.
 */
export class StoreGuard {
  readonly #plan: CachePlan;
  readonly #limit: { readonly ms: number; readonly heedsAbort: true };
  readonly #questions = new Map<string, Question>();

  constructor(plan: CachePlan) {
    this.#plan = plan;
    this.#limit = { ms: plan.storeTimeoutMs, heedsAbort: true };
  }

  /** Rejects with the abort reason of the caller alone. */
  get(lookup: Lookup): Found | Promise<Found> {
    const { store, memory } = this.#plan;
    const { key } = lookup;
    // Ours: it neither fails nor needs a context. The way of most hits.
    if (memory !== undefined) return memory.get(key);
    let question = this.#questions.get(key);
    if (question === undefined) {
      let found: unknown;
      try {
        found = activate(aside(lookup.context), () => store.get(key), undefined);
      } catch (error) {
        return this.#failed(lookup, "get_failed", error);
      }
      if (!isPromiseLike(found)) return this.#checked(lookup, found);
      question = { answer: found, waiting: 0 };
      this.#questions.set(key, question);
    }
    return this.#await(lookup, question);
  }

  /** Stores what was loaded. @returns a promise where that takes time; it rejects with an abort reason alone */
  put(lookup: Lookup, entry: CacheEntry): Promise<void> | undefined {
    const { store, times } = this.#plan;
    const { key, context, meters } = lookup;
    const put: CachePut = {
      maxAgeMs: maxAgeMs(entry, times),
      onEviction: (reason) => meters.evicted(reason),
    };
    try {
      const stored = activate(aside(context), () => store.set(key, entry, put), undefined);
      if (!isPromiseLike(stored)) return undefined;
      return this.#awaitPut(lookup, stored);
    } catch (error) {
      this.#failed(lookup, "set_failed", error);
      return undefined;
    }
  }

  /** Forgets an entry that is past use. Nobody waits for it. */
  drop(lookup: Lookup): void {
    const { store } = this.#plan;
    lookup.meters.evicted("expired");
    const failed = (error: unknown): unknown => this.#failed(lookup, "delete_failed", error);
    try {
      const dropped = activate(aside(lookup.context), () => store.delete(lookup.key), undefined);
      if (isPromiseLike(dropped)) dropped.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }

  async #awaitPut(lookup: Lookup, stored: PromiseLike<unknown>): Promise<void> {
    const outcome = await waitAtMost(lookup.context, stored, this.#limit);
    if (outcome.status === "late") this.#failed(lookup, "set_timeout");
    if (outcome.status === "failed") this.#failed(lookup, "set_failed", outcome.error);
  }

  async #await(lookup: Lookup, question: Question): Promise<Found> {
    question.waiting++;
    let isLate = false;
    try {
      const outcome = await waitAtMost(lookup.context, question.answer, this.#limit);
      if (outcome.status === "done") return this.#checked(lookup, outcome.value);
      isLate = outcome.status === "late";
      return this.#failed(
        lookup,
        isLate ? "get_timeout" : "get_failed",
        "error" in outcome ? outcome.error : undefined,
      );
    } finally {
      question.waiting--;
      // Later callers ask anew, in case the store has come back.
      if ((isLate || question.waiting === 0) && this.#questions.get(lookup.key) === question)
        this.#questions.delete(lookup.key);
    }
  }

  #checked(lookup: Lookup, found: unknown): Found {
    if (found === undefined || found === null) return undefined;
    if (typeof found === "object" && isEntry(found)) return found;
    // Not ours: the call goes on as if nothing had been there, and what it loads takes the place.
    this.#failed(lookup, "invalid_entry");
    return undefined;
  }

  #failed(lookup: Lookup, reason: StoreFailure, error?: unknown): typeof UNAVAILABLE {
    lookup.meters.storeFailed(reason);
    publish(lookup.context, {
      event: "cache.store_failed",
      level: "warn",
      fields: {
        reason,
        ...(error !== undefined && { error_message: failureOf(error, false).message }),
      },
      ...(error !== undefined && { error }),
    });
    return UNAVAILABLE;
  }
}

/** A store may be built of primitives: to the cache, whatever it calls is none of its own children. */
function aside(context: CallContext): CallContext {
  return context.isView ? context : context.within(context.branch);
}

function isEntry(found: object): found is CacheEntry {
  const { storedAtMs, ttlMs } = found as Partial<CacheEntry>;
  return typeof storedAtMs === "number" && typeof ttlMs === "number";
}
