import { DeadlineExceededError, RateLimitedError } from "../errors.ts";
import { checkNumber, checkOptions, COUNT, DURATION, POSITIVE_DURATION } from "../options.ts";
import { primitiveOf, type Primitive, type Step } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { Edge, TreeNode } from "../tree/node.ts";
import { noteWait } from "./note-wait.ts";
import { rateLimitMeters, type RateLimitMeters } from "./rate-limit-meters.ts";
import { RateLimitQueue, type Entry } from "./rate-limit-queue.ts";

export interface RateLimitOptions {
  /** Calls of the step that may start within `intervalMs`, over all runs. */
  readonly limit: number;
  /** In milliseconds. */
  readonly intervalMs: number;
  /** Calls that may start at once after a quiet time. 1 spreads them evenly. @default `limit` */
  readonly burst?: number;
  /** How long a call may wait for its token, in milliseconds. @default 0: a call that finds none is rejected at once */
  readonly maxWaitMs?: number;
}

/**
 * Limits how often a step is started, with a token bucket that refills evenly all the time.
 *
 * In any span of time at most `burst` calls plus `limit` for each `intervalMs` start. A call that finds no token waits for
 * one, in the order of arrival. It is rejected at once, and takes no token, when its token would come later than
 * `maxWaitMs` or not before its deadline; an abort ends the wait at once, and those behind move up.
 *
 * The tokens belong to the primitive: all its executions share them, wherever it stands, under whatever name.
 *
 * @throws RateLimitedError, with `retryAfterMs`, when a call would have to wait too long; DeadlineExceededError, with such an
 *   error as `cause`, when the wait would end at or after the deadline; whatever the step throws; the caller's
 *   `signal.reason` on abort; TypeError and RangeError for wrong options
 * @example
 * ```ts
 * import { rateLimit } from "@tta-dev/primitives";
 *
 * const search = async (query: string) => [query];
 * const polite = rateLimit(search, { limit: 10, intervalMs: 1_000, maxWaitMs: 5_000 });
 * ```
 */
export function rateLimit<I, O>(step: Step<I, O>, options: RateLimitOptions): Primitive<I, O> {
  checkOptions(options, "rateLimit(step, options)");
  const limit = checkNumber(options.limit, "rateLimit({ limit })", COUNT);
  const intervalMs = checkNumber(
    options.intervalMs,
    "rateLimit({ intervalMs })",
    POSITIVE_DURATION,
  );
  const burst = checkNumber(options.burst ?? limit, "rateLimit({ burst })", COUNT);
  const maxWaitMs = checkNumber(options.maxWaitMs ?? 0, "rateLimit({ maxWaitMs })", DURATION);
  const child = nodeOf(step, "rateLimit(): step");
  const edge = new Edge("body", child, { wraps: true });
  const queue = new RateLimitQueue({ limit, intervalMs, burst });
  return primitiveOf(
    new TreeNode({
      type: "rate_limit",
      name: child.name,
      leaf: false,
      children: [edge],
      options: { limit, intervalMs, burst, maxWaitMs },
      meters: rateLimitMeters,
      run: async (input: I, context, meters: RateLimitMeters) => {
        const { runtime, scope } = context.branch;
        let hasToken = false;
        const entry = await context.decide("admit", async (inner) => {
          const leftMs = scope.deadline - runtime.elapsed();
          const answer = await queue.pass({
            call: inner,
            recorder: runtime,
            maxWaitMs,
            leftMs,
            meters,
          });
          hasToken = answer.status === "passed";
          return answer;
        });
        if (entry.status !== "passed") throw refusal(context.place.name, entry);
        noteWait(context, entry.waitedMs);
        if (scope.stopped) {
          if (hasToken) queue.giveBack();
          throw scope.reason;
        }
        return context.invoke(edge, input);
      },
    }),
  );
}

function refusal(
  name: string,
  { status, retryAfterMs }: Exclude<Entry, { readonly status: "passed" }>,
): RateLimitedError | DeadlineExceededError {
  const limited = new RateLimitedError(
    `rate limit "${name}": the next token comes in ${Math.ceil(retryAfterMs)} ms`,
    retryAfterMs,
  );
  if (status === "limited") return limited;
  const message = `${limited.message}, at or after the deadline`;
  return new DeadlineExceededError(message, { cause: limited });
}
