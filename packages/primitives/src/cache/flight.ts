import type { CallContext } from "../door/call-context.ts";
import { DetachedCall } from "../door/detached.ts";
import { isAsyncIterable } from "../door/stream.ts";
import { CancelledError } from "../errors.ts";
import type { Edge } from "../tree/node.ts";
import type { CacheEntry } from "./cache-store.ts";

/** What a load comes to for one who waits for it. */
export type Landing =
  | { readonly status: "loaded"; readonly value: unknown }
  | { readonly status: "failed"; readonly error: unknown }
  /** The value can be consumed once, and somebody else has it. */
  | { readonly status: "unshared" };

interface Waiter {
  readonly land: (landing: Landing) => void;
  /** Stops looking out for the waiter's own end. */
  readonly stop: () => void;
}

export interface FlightPlan {
  /** Whose context the load runs in. */
  readonly starter: CallContext;
  /** What may be served if the load fails. */
  readonly fallback: CacheEntry | undefined;
  /** True where nobody waits at first: callers are served from the store meanwhile. */
  readonly isRefresh: boolean;
  /** Stores what was loaded. @returns a promise where that takes time */
  readonly store: (value: unknown) => {
    readonly entry: CacheEntry;
    readonly stored: Promise<void> | undefined;
  };
  /** Called once, when callers can no longer join. */
  readonly onClosed: (flight: Flight) => void;
}

/**
 * One load under way and those who wait for it.
 *
 * It belongs to none of them: it goes on until the last has gone, and its deadline is the latest of theirs.
 */
export class Flight {
  readonly load: DetachedCall;
  /** What it loaded; callers may still join while that is being stored. */
  entry: CacheEntry | undefined = undefined;
  readonly #plan: FlightPlan;
  readonly #waiters = new Set<Waiter>();
  #starter: Waiter | undefined = undefined;
  #landing: Landing | undefined = undefined;
  #isClosed = false;

  constructor(plan: FlightPlan) {
    this.#plan = plan;
    this.load = new DetachedCall(plan.starter);
  }

  get starter(): CallContext {
    return this.#plan.starter;
  }
  get isRefresh(): boolean {
    return this.#plan.isRefresh;
  }
  get fallback(): CacheEntry | undefined {
    return this.#plan.fallback;
  }

  /** Waits for the landing. Rejects, at once, with the abort reason of the caller alone. */
  wait(caller: CallContext): Promise<Landing> {
    if (this.#landing !== undefined) return Promise.resolve(this.#landing);
    const { promise, resolve, reject } = Promise.withResolvers<Landing>();
    const { scope, runtime } = caller.branch;
    const waiter: Waiter = { land: resolve, stop: () => unlisten() };
    if (caller === this.#plan.starter) this.#starter = waiter;
    this.#join(waiter, scope.deadline - runtime.elapsed());
    const unlisten = scope.onAbort((reason) => {
      reject(reason);
      this.#leave(waiter, reason);
    });
    return promise;
  }

  /** Holds the flight for that long although nobody waits; `land` then gets what `late` makes. */
  hold(limitMs: number, land: (landing: Landing) => void, late: () => unknown): void {
    const waiter: Waiter = { land, stop: () => stopTimer() };
    this.#join(waiter, limitMs);
    const stopTimer = this.load.startTimer(limitMs, () => {
      const error = late();
      land({ status: "failed", error });
      this.#leave(waiter, error);
    });
  }

  /** Starts the load. Whoever it is started for waits already: the load may call back into the cache before it returns. */
  start(edge: Edge, input: unknown): void {
    void this.#follow(this.load.run(edge, input));
  }

  async #follow(load: Promise<unknown>): Promise<void> {
    let value: unknown;
    try {
      value = await load;
    } catch (error) {
      this.#close();
      this.#landAll({ status: "failed", error });
      return;
    }
    // What comes although it was stopped comes too late for everybody.
    if (!this.load.isStopped) this.#arrive(value);
  }

  #arrive(value: unknown): void {
    if (isAsyncIterable(value)) {
      this.#close();
      this.#handOver(value);
      return;
    }
    // Stored first: who is told of the value may look for it at once.
    const { entry, stored } = this.#plan.store(value);
    this.entry = entry;
    if (stored === undefined) this.#close();
    else stored.finally(() => this.#close()).catch(() => undefined);
    this.#landAll({ status: "loaded", value });
  }

  /** A stream goes to the caller that started it and stops when that one does; the others load for themselves. */
  #handOver(stream: AsyncIterable<unknown>): void {
    const starter = this.#starter;
    const isTaken = starter !== undefined && this.#waiters.delete(starter);
    this.#landAll({ status: "unshared" });
    if (!isTaken) {
      this.load.abort(new CancelledError("whom the stream was for has gone"));
      return;
    }
    this.load.whenSettled(starter.stop);
    starter.land({ status: "loaded", value: stream });
  }

  #landAll(landing: Landing): void {
    this.#landing = landing;
    for (const waiter of this.#waiters) {
      waiter.stop();
      waiter.land(landing);
    }
    this.#waiters.clear();
  }

  #join(waiter: Waiter, leftMs: number): void {
    this.#waiters.add(waiter);
    this.load.extendDeadline(leftMs);
  }

  #leave(waiter: Waiter, reason: unknown): void {
    this.#waiters.delete(waiter);
    if (this.#waiters.size > 0) return;
    this.#close();
    this.load.abort(reason);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#plan.onClosed(this);
  }
}
