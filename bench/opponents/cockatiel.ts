import { ConstantBackoff, handleAll, retry, timeout, TimeoutStrategy, wrap } from "cockatiel";
import { validate, type Ticket } from "../scenario.ts";

type Guarded = (ticket: Ticket) => Promise<unknown>;

/** Two more calls after the first: three in all, as our `attempts: 3`. */
const retryPolicy = retry(handleAll, { maxAttempts: 2, backoff: new ConstantBackoff(10) });

/** Rejects at the limit whatever the function does, as our `timeout` does after its grace. */
const aggressiveTimeout = timeout(20_000, TimeoutStrategy.Aggressive);

/** Aborts the signal at the limit and waits for the function: the cheaper of the two. */
const cooperativeTimeout = timeout(20_000, TimeoutStrategy.Cooperative);

/** One step under retry. */
export const retried: Guarded = (ticket) => retryPolicy.execute(() => validate(ticket));

/** One step under a timeout that rejects at the limit. */
export const timedAggressively: Guarded = (ticket) =>
  aggressiveTimeout.execute(() => validate(ticket));

/** One step under a timeout that waits for the function. */
export const timedCooperatively: Guarded = (ticket) =>
  cooperativeTimeout.execute(() => validate(ticket));

const retriedAndTimed = wrap(retryPolicy, aggressiveTimeout);

/** One step under a retry around a timeout. */
export const guarded: Guarded = (ticket) => retriedAndTimed.execute(() => validate(ticket));
