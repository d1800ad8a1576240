import { AsyncLocalStorage } from "node:async_hooks";
import type { Failure } from "./attempt.ts";
import { createBackoff } from "./backoff.ts";
import type { Batch } from "./batch.ts";
import { createBatch } from "./batch.ts";

/** What an outbox is told. */
export interface OutboxOptions<T> {
  /** Sends one batch. Ends in bounded time and never rejects; undefined is success. */
  readonly attempt: (items: readonly T[]) => Promise<Failure | undefined>;
  readonly maxBatchSize: number;
  /** Most items that wait; those that are being sent come on top. */
  readonly maxQueueSize: number;
  /** The longest that an item waits for others to travel with; 0 sends each alone and at once. */
  readonly intervalMs: number;
  /** Hears of each item that found the queue full. */
  readonly dropped: () => void;
  /** Hears of each attempt that failed. */
  readonly failed: (failure: FailedAttempt) => void;
}

/** An attempt that failed. */
export interface FailedAttempt {
  readonly error: unknown;
  readonly items: number;
  /** Whether the items are lost; else they are kept and sent again. */
  readonly lost: boolean;
}

/** Items on their way to a collector. */
export interface Outbox<T> {
  /** Takes an item. Never throws, never waits. */
  readonly add: (item: T) => void;
  /** Resolves when everything that is in here now was tried once more, also what is being sent. Never rejects. */
  readonly flush: () => Promise<void>;
  /** Takes nothing more, and flushes. */
  readonly close: () => Promise<void>;
  /** Takes whatever comes, without a bound, until what is unsent is taken: for items that others have held back. */
  readonly widen: () => void;
  /** Hands out, for good, everything that is not known to have arrived; the answer to what is being sent is ignored. */
  readonly takeUnsent: () => T[];
  /** How many items are in here, those that are being sent included. */
  readonly size: () => number;
}

/** A flush is about to lose its time: some at once. Otherwise one, so that a collector in trouble gets one question. */
const FLUSH_CONCURRENCY = 4;
/** Where each item travels alone, a few share the way. */
const IMMEDIATE_CONCURRENCY = 8;
/** With the waits between them a batch is tried for two and a half minutes: longer than a collector takes to restart. */
const MAX_ATTEMPTS = 10;

/**
 * Gathers items into batches and sends them, in bounded memory: at most `maxQueueSize` items wait and at most a few
 * batches are under way. A batch that the collector cannot take now is kept and sent again.
 */
export function createOutbox<T>(options: OutboxOptions<T>): Outbox<T> {
  const { attempt, maxQueueSize, intervalMs } = options;
  const isImmediate = intervalMs === 0;
  const maxBatchSize = isImmediate ? 1 : options.maxBatchSize;
  const concurrency = isImmediate ? IMMEDIATE_CONCURRENCY : 1;
  const flushConcurrency = Math.max(concurrency, FLUSH_CONCURRENCY);
  // What is sent belongs to no workflow, although one of them fills the batch or sets the timer.
  const outside = AsyncLocalStorage.snapshot();
  const backoff = createBackoff(() => {
    pump();
  });

  let filling: T[] = [];
  let waiting: Batch<T>[] = [];
  /** Items in `filling` and `waiting`. */
  let waitingCount = 0;
  const underWay = new Set<Batch<T>>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let limit = maxQueueSize;

  const seal = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (filling.length === 0) return;
    const last = waiting.at(-1);
    if (last !== undefined && last.items.length + filling.length <= maxBatchSize) {
      // The collector takes nothing: once it does again, it is not to get a hundred small requests.
      last.items.push(...filling);
      last.attempts = 0;
    } else waiting.push(createBatch(filling));
    filling = [];
  };

  const onInterval = (): void => {
    seal();
    pump();
  };

  const next = (): Batch<T> | undefined => {
    if (underWay.size < flushConcurrency) {
      const wanted = waiting.find(({ watchers }) => watchers.length > 0);
      if (wanted !== undefined) return wanted;
    }
    return underWay.size < concurrency && !backoff.isWaiting() ? waiting[0] : undefined;
  };

  const pump = (): void => {
    for (let batch = next(); batch !== undefined; batch = next()) {
      waiting.splice(waiting.indexOf(batch), 1);
      waitingCount -= batch.items.length;
      underWay.add(batch);
      void outside(send, batch);
    }
  };

  const send = async (batch: Batch<T>): Promise<void> => {
    // To write a request takes milliseconds: not in the middle of whatever has just ended a span.
    await new Promise(setImmediate);
    const failure = underWay.has(batch) ? await attempt(batch.items) : undefined;
    // Gone where it was taken in the meantime.
    if (underWay.delete(batch)) settle(batch, failure);
    for (const watcher of batch.watchers.splice(0)) watcher();
    pump();
  };

  const settle = (batch: Batch<T>, failure: Failure | undefined): void => {
    if (failure === undefined) {
      backoff.reset();
      return;
    }
    batch.attempts += 1;
    const lost = !failure.isTemporary || batch.attempts >= MAX_ATTEMPTS;
    if (!lost) {
      waiting.unshift(batch);
      waitingCount += batch.items.length;
    }
    if (failure.isTemporary) backoff.start(failure.retryAfterMs);
    options.failed({ error: failure.error, items: batch.items.length, lost });
  };

  const flush = async (): Promise<void> => {
    seal();
    const tried = [...underWay, ...waiting].map(
      ({ watchers }) => new Promise<void>((resolve) => watchers.push(resolve)),
    );
    pump();
    await Promise.all(tried);
  };

  return {
    // Called for every span: no closures here.
    add(item) {
      if (isClosed) return;
      if (waitingCount >= limit) {
        options.dropped();
        return;
      }
      waitingCount += 1;
      filling.push(item);
      if (filling.length >= maxBatchSize) {
        seal();
        pump();
      } else if (timer === undefined) {
        timer = setTimeout(onInterval, intervalMs).unref();
      }
    },
    flush,
    close() {
      isClosed = true;
      return flush();
    },
    widen() {
      limit = Infinity;
    },
    takeUnsent() {
      limit = maxQueueSize;
      clearTimeout(timer);
      timer = undefined;
      backoff.reset();
      const unsent = [...underWay, ...waiting].flatMap(({ items }) => items).concat(filling);
      for (const batch of [...underWay, ...waiting]) {
        for (const watcher of batch.watchers.splice(0)) watcher();
      }
      underWay.clear();
      waiting = [];
      filling = [];
      waitingCount = 0;
      return unsent;
    },
    size: () => {
      let count = waitingCount;
      for (const { items } of underWay) count += items.length;
      return count;
    },
  };
}
