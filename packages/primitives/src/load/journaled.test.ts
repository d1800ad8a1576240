import { describe, expect, it } from "vitest";
import { parallel } from "../composition/parallel.ts";
import { sequential } from "../composition/sequential.ts";
import type { WorkflowContext } from "../context.ts";
import { step } from "../define.ts";
import { retryBudget } from "../recovery/retry-budget.ts";
import { slot } from "../slot.ts";
import { rehearse } from "../testing/rehearse.ts";
import { bulkhead } from "./bulkhead.ts";
import { hedge } from "./hedge.ts";
import { rateLimit } from "./rate-limit.ts";

let names = 0;

/** Works for so many milliseconds, and says when it was done. */
function worker(takesMs = 100): ReturnType<typeof step<number, number>> {
  return step(
    `worker-${names++}`,
    async (input: number, context: WorkflowContext) => {
      await context.sleep("work", takesMs);
      return input;
    },
    { idempotent: true },
  );
}

const after = (value: unknown): string => `after ${JSON.stringify(value)}`;

function gauge(
  metric: "bulkhead.in_use" | "bulkhead.queued" | "rate_limit.waiting",
  name: string,
): number {
  return slot().registry.gauge(metric).bind({ primitive_name: name }).value;
}

describe("on a runtime that journals", () => {
  it("a bulkhead queues the same way, and gives back what a lost process held", async () => {
    const work = worker();
    const guarded = bulkhead(work, { concurrency: 1, queue: 2 });
    const all = sequential(parallel([guarded, guarded, guarded]), after);
    for (const rerunSteps of [false, true]) {
      const { result, problems, journal } = await rehearse(all, 7, { rerunSteps });
      expect(problems).toEqual([]);
      expect(result).toBe("after [7,7,7]");
      expect(journal.filter((name) => name.endsWith("/admit"))).toHaveLength(3);
      expect(gauge("bulkhead.in_use", work.name)).toBe(0);
      expect(gauge("bulkhead.queued", work.name)).toBe(0);
    }
  });

  it("a bulkhead rejects the same way, and lets an aborted run out of its queue", async () => {
    const work = worker();
    const full = parallel(
      [1, 2].map(() => bulkhead(work, { concurrency: 1 })),
      { join: "settled" },
    );
    expect((await rehearse(full, 7)).problems).toEqual([]);
    const guarded = bulkhead(work, { concurrency: 1, queue: 5 });
    const { error, problems } = await rehearse(parallel([guarded, guarded, guarded]), 7, {
      abort: { afterMs: 150, reason: new Error("stop") },
    });
    expect(problems).toEqual([]);
    expect(error).toMatchObject({ message: "stop" });
    expect(gauge("bulkhead.in_use", work.name)).toBe(0);
    expect(gauge("bulkhead.queued", work.name)).toBe(0);
  });

  it("a rate limit waits the same way", async () => {
    const work = worker(1);
    const limited = rateLimit(work, { limit: 1, intervalMs: 100, maxWaitMs: 10_000 });
    const { result, problems } = await rehearse(parallel([limited, limited, limited]), 7);
    expect(problems).toEqual([]);
    expect(result).toEqual([7, 7, 7]);
    expect(gauge("rate_limit.waiting", work.name)).toBe(0);
    const strict = rateLimit(work, { limit: 1, intervalMs: 1e9 });
    const refused = await rehearse(parallel([strict, strict], { join: "settled" }), 7);
    expect(refused.problems).toEqual([]);
    expect(refused.result?.[1]).toMatchObject({ reason: { code: "RATE_LIMITED" } });
  });

  it.each([
    ["without a budget", undefined],
    ["with a budget", retryBudget({ name: "journaled", minPerSecond: 100 })],
    ["with a budget that refuses", retryBudget({ name: "empty", ratio: 0, minPerSecond: 0 })],
  ])("a hedge starts the same attempts %s", async (_how, budget) => {
    const options = { delayMs: 30, maxHedges: 2, ...(budget !== undefined && { budget }) };
    const { result, problems } = await rehearse(sequential(hedge(worker(), options), after), 7);
    expect(problems).toEqual([]);
    expect(result).toBe("after 7");
    const failing = step("failing", () => Promise.reject(new Error("no")), { idempotent: true });
    const failed = await rehearse(hedge(failing, options), 7);
    expect(failed.problems).toEqual([]);
    expect(failed.error).toMatchObject({ message: "no" });
  });
});
