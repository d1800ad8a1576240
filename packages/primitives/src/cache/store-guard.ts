import { activate } from "../door/ambient.ts";
import type { CallContext } from "../door/call-context.ts";
import { failureOf } from "../door/status.ts";
import { InProcessRuntime } from "../runtime/in-process.ts";
import { publish } from "../telemetry/publish.ts";
import type { CacheEntry, CachePut } from "./cache-store.ts";
import type { StoreFailure } from "./cache-meters.ts";
import { maxAgeMs, type CachePlan } from "./cache-plan.ts";
import type { Lookup } from "./lookup.ts";

/** The store could not be asked: this call does without it. */
export const UNAVAILABLE: unique symbol = Symbol("unavailable");
export type Found = CacheEntry | undefined | typeof UNAVAILABLE;

/** One question to the store, and how many callers wait for the answer. */
interface Question {
  readonly answer: Promise<unknown>;
  waiting: number;
}

/**
 * The store as a cache sees it: it may fail or hang, and costs a call nothing but the wait, which is bounded.
 *
 * A store that answers at once is asked by every caller. Others are asked once for all callers of a key that wait at the
 * same time: else a late "nothing there" could arrive after the value was loaded and stored, and be loaded again.
 */
export class StoreGuard {
  readonly #plan: CachePlan;
  readonly #questions = new Map<string, Question>();

  constructor(plan: CachePlan) {
    this.#plan = plan;
  }

  /** Rejects with the abort reason of the caller alone. */
  get(lookup: Lookup): Found | Promise<Found> {
    const { store, isStoreGiven } = this.#plan;
    const { key } = lookup;
    if (!isStoreGiven) return store.get(key) as CacheEntry | undefined;
    let question = this.#questions.get(key);
    if (question === undefined) {
      let found: unknown;
      try {
        found = activate(lookup.context, () => store.get(key), undefined);
      } catch (error) {
        return this.#failed(lookup, "get_failed", error);
      }
      if (!isPromiseLike(found)) return this.#checked(lookup, found);
      question = { answer: this.#ask(key, found), waiting: 0 };
      this.#questions.set(key, question);
    }
    return this.#await(lookup, question);
  }

  /** Stores what was loaded. @returns a promise where that takes time; it never rejects */
  put(lookup: Lookup, entry: CacheEntry): Promise<void> | undefined {
    const { store, times } = this.#plan;
    const { key, context, meters } = lookup;
    const put: CachePut = { maxAgeMs: maxAgeMs(entry, times), onEviction: (reason) => meters.evicted(reason) };
    let stored: unknown;
    try {
      stored = activate(context, () => store.set(key, entry, put), undefined);
    } catch (error) {
      this.#failed(lookup, "set_failed", error);
      return undefined;
    }
    if (!isPromiseLike(stored)) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopTimer = startTimer(context, this.#plan.storeTimeoutMs, () => {
      this.#failed(lookup, "set_timeout", undefined);
      resolve();
    });
    stored.then(
      () => {
        stopTimer();
        resolve();
      },
      (error: unknown) => {
        stopTimer();
        this.#failed(lookup, "set_failed", error);
        resolve();
      },
    );
    return promise;
  }

  /** Forgets an entry that is past use. Nobody waits for it. */
  drop(lookup: Lookup): void {
    const { store } = this.#plan;
    lookup.meters.evicted("expired");
    try {
      const dropped = activate(lookup.context, () => store.delete(lookup.key), undefined);
      if (isPromiseLike(dropped))
        dropped.then(undefined, (error: unknown) => this.#failed(lookup, "delete_failed", error));
    } catch (error) {
      this.#failed(lookup, "delete_failed", error);
    }
  }
}
