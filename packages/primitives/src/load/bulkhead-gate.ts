import type { Scope } from "../runtime/scope.ts";
import type { BulkheadMeters } from "./bulkhead-meters.ts";

/** A place in a bulkhead, or in the queue before it. */
export interface BulkheadPlace {
  /** False for a call that had to queue. */
  readonly isImmediate: boolean;
  /** Resolves once the call is in; rejects when its scope stops first, and the place in the queue is given up. */
  entered(scope: Scope): Promise<void>;
  /** Gives the place up. Only the first time counts. */
  leave(): void;
}

interface Visitor {
  state: "queued" | "in" | "gone";
  readonly enter: () => void;
  unlisten: (() => void) | undefined;
  readonly meters: BulkheadMeters;
}

/** Lets so many calls in at once; the others queue, first come, first served. */
export class BulkheadGate {
  readonly #concurrency: number;
  readonly #queueLimit: number;
  /** In the order they came. */
  readonly #queue = new Set<Visitor>();
  #inUse = 0;

  constructor(concurrency: number, queueLimit: number) {
    this.#concurrency = concurrency;
    this.#queueLimit = queueLimit;
  }

  /** Takes a place, at once where there is one; undefined when the bulkhead and its queue are full. */
  ask(meters: BulkheadMeters): BulkheadPlace | undefined {
    const isFree = this.#inUse < this.#concurrency;
    if (!isFree && this.#queue.size >= this.#queueLimit) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const visitor: Visitor = { state: "queued", enter: resolve, unlisten: undefined, meters };
    if (isFree) {
      this.#inUse++;
      this.#letIn(visitor);
    } else {
      this.#queue.add(visitor);
      meters.queued(1);
    }
    const leave = (): void => this.#leave(visitor);
    return {
      isImmediate: isFree,
      leave,
      entered: (scope) => {
        if (visitor.state === "queued")
          visitor.unlisten = scope.onAbort((reason) => {
            leave();
            reject(reason);
          });
        return promise;
      },
    };
  }

  #letIn(visitor: Visitor): void {
    visitor.state = "in";
    visitor.unlisten?.();
    visitor.meters.inUse(1);
    visitor.enter();
  }

  #leave(visitor: Visitor): void {
    const { state, meters } = visitor;
    visitor.state = "gone";
    if (state === "queued") {
      visitor.unlisten?.();
      this.#queue.delete(visitor);
      meters.queued(-1);
    }
    if (state !== "in") return;
    meters.inUse(-1);
    const [next] = this.#queue;
    if (next === undefined) {
      this.#inUse--;
      return;
    }
    // The place changes hands: nobody who comes now gets between.
    this.#queue.delete(next);
    next.meters.queued(-1);
    this.#letIn(next);
  }
}
