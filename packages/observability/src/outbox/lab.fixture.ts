import { vi } from "vitest";
import type { Failure } from "./attempt.ts";
import type { FailedAttempt, Outbox, OutboxOptions } from "./outbox.ts";
import { createOutbox } from "./outbox.ts";

export const BUSY: Failure = {
  error: new Error("busy"),
  isTemporary: true,
  retryAfterMs: undefined,
};
export const NO: Failure = { error: new Error("no"), isTemporary: false, retryAfterMs: undefined };

/** Lets what was begun get as far as it can without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}

/** Lets time pass, and things happen in it. */
export async function pass(milliseconds: number): Promise<void> {
  await settle();
  for (let leftMs = milliseconds; leftMs > 0; leftMs -= 500) {
    vi.advanceTimersByTime(Math.min(leftMs, 500));
    await settle();
  }
}

interface Request {
  readonly items: readonly number[];
  readonly answer: (failure?: Failure) => Promise<void>;
}

interface Lab {
  readonly outbox: Outbox<number>;
  /** What the collector was asked and has not answered. */
  readonly requests: Request[];
  readonly sent: number[][];
  readonly delivered: number[];
  readonly failures: FailedAttempt[];
  readonly dropped: () => number;
  /** Answers at once from now on. */
  answerAll: ((items: readonly number[]) => Failure | undefined) | undefined;
  readonly add: (from: number, to: number) => void;
}

/** An outbox whose collector answers when it is told to. */
export function lab(options: Partial<OutboxOptions<number>> = {}): Lab {
  let dropped = 0;
  const made: Lab = {
    requests: [],
    sent: [],
    delivered: [],
    failures: [],
    dropped: () => dropped,
    answerAll: undefined,
    add(from, to) {
      for (let item = from; item < to; item++) made.outbox.add(item);
    },
    outbox: createOutbox({
      attempt(items) {
        const { promise, resolve } = Promise.withResolvers<Failure | undefined>();
        made.sent.push([...items]);
        const request: Request = {
          items: [...items],
          async answer(failure) {
            if (failure === undefined) made.delivered.push(...request.items);
            made.requests.splice(made.requests.indexOf(request), 1);
            resolve(failure);
            await settle();
          },
        };
        made.requests.push(request);
        if (made.answerAll !== undefined) void request.answer(made.answerAll(items));
        return promise;
      },
      maxBatchSize: 10,
      maxQueueSize: 25,
      intervalMs: 5000,
      dropped: () => void (dropped += 1),
      failed: (failure) => void made.failures.push(failure),
      ...options,
    }),
  };
  return made;
}
