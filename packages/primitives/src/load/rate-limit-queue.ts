import type { CallContext } from "../door/call-context.ts";
import type { Runtime } from "../runtime/port.ts";
import { whenLost } from "../runtime/when-lost.ts";
import { TokenBucket, type BucketRules } from "./rate-limit-bucket.ts";
import type { RateLimitMeters } from "./rate-limit-meters.ts";

/** What a rate limit said to a call. JSON: it is recorded. */
export type Entry =
  | { readonly status: "passed"; readonly waitedMs: number }
  /** Its token would have come later than it may wait, or when its time is over. */
  | { readonly status: "limited" | "late"; readonly retryAfterMs: number };

export interface Request {
  /** The call inside its decision: waits on that runtime, and stops with that scope. */
  readonly call: CallContext;
  /** The runtime that records the decision. */
  readonly recorder: Runtime;
  readonly maxWaitMs: number;
  /** What the run has left. */
  readonly leftMs: number;
  readonly meters: RateLimitMeters;
}

interface Waiter {
  /** Its turn has come: nobody is ahead any more. */
  readonly call: () => void;
}

/**
 * Hands out tokens in the order in which they were asked for.
 *
 * Only the first in the queue sleeps until its token comes; the others wait for their turn. So whoever gives up leaves no
 * gap, and those behind move up.
 */
export class RateLimitQueue {
  readonly #bucket: TokenBucket;
  readonly #waiting = new Set<Waiter>();

  constructor(rules: BucketRules) {
    this.#bucket = new TokenBucket(rules);
  }

  async pass(request: Request): Promise<Entry> {
    const { runtime } = request.call;
    const nowMs = runtime.elapsed();
    const ahead = this.#waiting.size;
    const waitMs = this.#bucket.waitMs(nowMs, ahead);
    if (waitMs > request.maxWaitMs) return { status: "limited", retryAfterMs: waitMs };
    if (waitMs > 0 && waitMs >= request.leftMs) return { status: "late", retryAfterMs: waitMs };
    if (waitMs === 0 && ahead === 0) {
      this.#bucket.take(nowMs);
      return { status: "passed", waitedMs: 0 };
    }
    await this.#queueUp(request);
    return { status: "passed", waitedMs: runtime.elapsed() - nowMs };
  }

  /** For a call that was stopped between its token and its step. */
  giveBack(): void {
    this.#bucket.giveBack();
  }

  async #queueUp({ call, recorder, meters }: Request): Promise<void> {
    const { promise: turn, resolve, reject } = Promise.withResolvers<void>();
    const { runtime, scope } = call.branch;
    const waiter: Waiter = { call: resolve };
    const leave = (): void => {
      if (!this.#waiting.delete(waiter)) return;
      meters.waiting(-1);
      this.#callFirst();
    };
    this.#waiting.add(waiter);
    meters.waiting(1);
    const unlisten = scope.onAbort(reject);
    const unwatch = whenLost(recorder, leave);
    try {
      this.#callFirst();
      await turn;
      // A timer may be early by a fraction of a millisecond.
      let waitMs: number;
      while ((waitMs = this.#bucket.waitMs(runtime.elapsed())) > 0)
        await runtime.sleep(`${call.path}/token`, waitMs);
      // Before the next in the queue looks. Whoever lost its place with its process gets no token.
      if (this.#waiting.has(waiter)) this.#bucket.take(runtime.elapsed());
    } finally {
      unlisten();
      unwatch();
      leave();
    }
  }

  #callFirst(): void {
    const [first] = this.#waiting;
    first?.call();
  }
}
