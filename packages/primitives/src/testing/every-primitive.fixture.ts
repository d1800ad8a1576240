import { cache } from "../cache/cache.ts";
import { conditional } from "../composition/conditional.ts";
import { loop } from "../composition/loop.ts";
import { map } from "../composition/map.ts";
import { parallel } from "../composition/parallel.ts";
import { race } from "../composition/race.ts";
import { router } from "../composition/router.ts";
import { sequential } from "../composition/sequential.ts";
import { switchCase } from "../composition/switch-case.ts";
import { workflow } from "../composition/workflow.ts";
import { definePrimitive, observe, step } from "../define.ts";
import { llm } from "../llm/llm.ts";
import { bulkhead } from "../load/bulkhead.ts";
import { hedge } from "../load/hedge.ts";
import { rateLimit } from "../load/rate-limit.ts";
import type { Primitive } from "../primitive.ts";
import { circuitBreaker } from "../recovery/circuit-breaker.ts";
import { fallback } from "../recovery/fallback.ts";
import { retry } from "../recovery/retry.ts";
import { saga } from "../recovery/saga.ts";
import { timeout } from "../recovery/timeout.ts";
import { delay } from "../waiting/delay.ts";
import { waitFor } from "../waiting/wait-for.ts";
import { chaos } from "./chaos.ts";
import { scripted } from "./scripted.ts";

export type Any = Primitive<unknown, unknown>;

const other = async (): Promise<string> => "other";
const twice = {
  attempts: 2,
  backoff: { kind: "exponential", delayMs: 100 },
  retryIf: () => true,
} as const;

/** Every primitive around a child, made anew, so that none remembers anything. */
export const everyPrimitive: Readonly<Record<string, (child: Any) => Any>> = {
  workflow: (child) => workflow("w", child),
  sequential: (child) => sequential(other, child, other),
  parallel: (child) => parallel({ child, other, late: sequential(delay(20), other) }),
  "parallel, settled": (child) => parallel([child, other], { join: "settled" }),
  "parallel, quorum": (child) => parallel({ child, other }, { join: { quorum: 2 } }),
  "parallel, one at a time": (child) => parallel({ child, other }, { concurrency: 1 }),
  conditional: (child) => conditional(async () => true, child, other),
  switchCase: (child) => switchCase(() => "child", { child, other }),
  map: (child) => sequential(async (input: unknown) => [input, input], map(child)),
  race: (child) => race({ child, slow: sequential(delay(60_000), other) }),
  retry: (child) => retry(child, twice),
  fallback: (child) => fallback(child, [delay(5), child]),
  "fallback, when": (child) => fallback(child, [other], { when: () => false }),
  timeout: (child) => timeout(child, { timeoutMs: 1_000, graceMs: 10 }),
  "timeout that expires": (child) => timeout(child, { timeoutMs: 3 }),
  "timeout that leaves something behind": (child) => {
    const deaf = scripted("deaf", [{ returns: 1, afterMs: 500, ignoresAbort: true }]);
    return fallback(timeout(deaf, { timeoutMs: 3, graceMs: 2 }), [child]);
  },
  saga: (child) =>
    saga(
      { name: "before", execute: other, compensate: sequential(delay(5), other) },
      { name: "child", execute: child, compensate: other },
      { name: "after", execute: other },
    ),
  "saga that fails later": (child) =>
    saga(
      { name: "child", execute: child, compensate: child, retry: twice },
      {
        name: "after",
        execute: async () => {
          throw new Error("after");
        },
      },
    ),
  circuitBreaker: (child) =>
    circuitBreaker(child, {
      failureRatio: 0.5,
      windowMs: 1_000,
      minimumCalls: 1,
      openMs: 1_000,
      halfOpenCalls: 1,
    }),
  bulkhead: (child) => bulkhead(child, { concurrency: 1 }),
  rateLimit: (child) => {
    const limited = rateLimit(child, { limit: 1, intervalMs: 500, maxWaitMs: 1_000 });
    return sequential(limited, limited);
  },
  hedge: (child) => hedge(child, { delayMs: 3, maxHedges: 2, assumeIdempotent: true }),
  cache: (child) => {
    const cached = cache(child, { key: () => "key", ttlMs: 60_000 });
    return sequential(cached, cached);
  },
  router: (child) => router({ routes: { child, other }, select: () => "child" }),
  loop: (child) => loop(child, { while: () => true, maxIterations: 2 }),
  delay: (child) => sequential(delay(5), child, delay(5)),
  waitFor: (child) => sequential(waitFor("answer"), child),
  "waitFor, too late": (child) => waitFor("nobody", { timeoutMs: 50, onTimeout: child }),
  llm: (child) => sequential(child, llm({ provider: "openai", model: "gpt-x", call: other })),
  observe: (child) => observe(child, { name: "observed" }),
  "nested execute": (child) => step("leaf", (input: unknown) => child.execute(input)),
  chaos: (child) => chaos(child, { seed: 1, delayMs: [1, 50] }),
  definePrimitive: (child) =>
    definePrimitive({
      type: "custom",
      children: { child, other },
      async run(input: unknown, context) {
        const heads = await context.decide("coin", () => 1);
        await context.sleep("nap", 10 * heads);
        const [one] = (
          await context.fork(
            [
              { child: "other", input },
              { child: "child", input, index: 1 },
            ],
            { until: "settled" },
          )
        ).outcomes;
        context.checkpoint("forked");
        context.score("quality", 0.5);
        return [one!.status, await context.call("child", input, 2)];
      },
    }),
};
