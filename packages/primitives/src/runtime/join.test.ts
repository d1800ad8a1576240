import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { join } from "./join.ts";
import type { ForkDriver, Join, JoinPolicy, Outcome } from "./port.ts";

/** When a branch settles after it was started, and how; `deaf` ones do not heed a cancellation. */
interface Plan {
  readonly ms: number;
  readonly fails?: boolean;
  readonly deaf?: boolean;
}

interface Log {
  readonly started: number[];
  readonly cancelled: { readonly index: number; readonly reason: unknown }[];
}

/** A driver in simulated time, which plays a plan. */
function simulate(
  plans: readonly Plan[],
  cancelAtMs?: number,
): { driver: ForkDriver; log: Log; now: () => number } {
  let now = 0;
  const log: Log = { started: [], cancelled: [] };
  const due = new Map<number, { atMs: number; outcome: Outcome }>();
  const driver: ForkDriver = {
    now: () => now,
    cancelReason: () => "cancelled from outside",
    start(index) {
      log.started.push(index);
      const { ms, fails = false } = plans[index]!;
      const outcome: Outcome = fails
        ? { status: "rejected", error: `error ${index}` }
        : { status: "fulfilled", value: index };
      due.set(index, { atMs: now + ms, outcome });
    },
    async next({ deadline = Infinity, cancellable }) {
      const [first] = [...due].toSorted(([, one], [, other]) => one.atMs - other.atMs);
      const atMs = first === undefined ? Infinity : first[1].atMs;
      if (cancellable && cancelAtMs !== undefined && cancelAtMs < Math.min(atMs, deadline)) {
        now = Math.max(now, cancelAtMs);
        return "cancelled";
      }
      if (atMs > deadline) {
        now = Math.max(now, deadline);
        return "deadline";
      }
      now = Math.max(now, atMs);
      due.delete(first![0]);
      return { index: first![0], outcome: first![1].outcome };
    },
    cancel(indexes, reason) {
      for (const index of indexes) {
        log.cancelled.push({ index, reason });
        if (plans[index]!.deaf !== true)
          due.set(index, { atMs: now, outcome: { status: "rejected", error: reason } });
      }
    },
  };
  return { driver, log, now: () => now };
}

const run = (
  plans: readonly Plan[],
  policy: JoinPolicy,
  cancelAtMs?: number,
): Promise<Join> & Pick<ReturnType<typeof simulate>, "log" | "now"> => {
  const { driver, log, now } = simulate(plans, cancelAtMs);
  return Object.assign(join(driver, plans.length, policy), { log, now });
};

describe("a join of all", () => {
  it("is done when every branch has succeeded", async () => {
    expect(await run([{ ms: 20 }, { ms: 10 }], { until: "all" })).toEqual({
      reason: "done",
      outcomes: [
        { status: "fulfilled", value: 0 },
        { status: "fulfilled", value: 1 },
      ],
      order: [1, 0],
    });
  });

  it("of nothing is done at once", async () => {
    expect(await run([], { until: "all" })).toEqual({ reason: "done", outcomes: [], order: [] });
  });

  it("fails with the first failure, stops the rest and waits for it", async () => {
    const fork = run([{ ms: 50 }, { ms: 10, fails: true }, { ms: 90 }], { until: "all" });
    expect(await fork).toEqual({
      reason: "failed",
      index: 1,
      outcomes: [
        { status: "cancelled" },
        { status: "rejected", error: "error 1" },
        { status: "cancelled" },
      ],
      order: [1, 0, 2],
    });
    expect(fork.log.cancelled).toMatchObject([
      { index: 0, reason: { code: "CANCELLED" } },
      { index: 2, reason: { code: "CANCELLED" } },
    ]);
  });

  it("keeps what a branch returns although it was told to stop", async () => {
    const { outcomes } = await run(
      [
        { ms: 50, deaf: true },
        { ms: 10, fails: true },
      ],
      { until: "all" },
    );
    expect(outcomes[0]).toEqual({ status: "fulfilled", value: 0 });
  });

  it("leaves behind what goes on after the grace", async () => {
    const fork = run(
      [
        { ms: 5_000, deaf: true },
        { ms: 10, fails: true },
      ],
      { until: "all", graceMs: 100 },
    );
    expect((await fork).outcomes[0]).toEqual({ status: "orphaned" });
    expect(fork.now()).toBe(110);
  });

  it("gives one second of grace unless told otherwise", async () => {
    const fork = run(
      [
        { ms: 5_000, deaf: true },
        { ms: 10, fails: true },
      ],
      { until: "all" },
    );
    await fork;
    expect(fork.now()).toBe(1_010);
  });
});

describe("a join of the settled", () => {
  it("waits for every branch, however it ends", async () => {
    const fork = run([{ ms: 20, fails: true }, { ms: 10 }], { until: "settled" });
    expect(await fork).toMatchObject({ reason: "done", order: [1, 0] });
    expect(fork.log.cancelled).toEqual([]);
  });
});

describe("a join of the first", () => {
  it.each([false, true])("is decided by the first branch to settle, failing: %s", async (fails) => {
    const fork = await run([{ ms: 20 }, { ms: 10, fails }], { until: "first" });
    expect(fork).toMatchObject({
      reason: "first",
      index: 1,
      outcomes: [{ status: "cancelled" }, {}],
    });
  });
});

describe("a quorum", () => {
  it("is decided by as many successes", async () => {
    const plans = [{ ms: 30 }, { ms: 10, fails: true }, { ms: 20 }, { ms: 90 }];
    expect(await run(plans, { until: { quorum: 2 } })).toMatchObject({
      reason: "quorum",
      index: 0,
      order: [1, 2, 0, 3],
      outcomes: [
        { status: "fulfilled" },
        { status: "rejected" },
        { status: "fulfilled" },
        { status: "cancelled" },
      ],
    });
  });

  it("fails as soon as too few are left", async () => {
    const plans = [{ ms: 10, fails: true }, { ms: 20, fails: true }, { ms: 90 }];
    const fork = run(plans, { until: { quorum: 2 } });
    expect(await fork).toMatchObject({ reason: "failed", index: 1 });
    expect(fork.now()).toBe(20);
  });
});

describe("a time limit", () => {
  it("stops what runs, with the reason it is given", async () => {
    const fork = run([{ ms: 10 }, { ms: 500 }], {
      until: "all",
      timeoutMs: 100,
      timeoutReason: () => "time is up",
    });
    expect(await fork).toMatchObject({
      reason: "timeout",
      outcomes: [{ status: "fulfilled" }, { status: "cancelled" }],
    });
    expect(fork.log.cancelled).toEqual([{ index: 1, reason: "time is up" }]);
  });

  it("has a reason of its own where it is given none", async () => {
    const fork = run([{ ms: 500 }], { until: "all", timeoutMs: 100 });
    await fork;
    expect(fork.log.cancelled).toMatchObject([{ index: 0, reason: { code: "CANCELLED" } }]);
  });
});

describe("a cancellation from outside", () => {
  it("stops every branch and throws its reason, when they have stopped", async () => {
    const fork = run([{ ms: 500 }, { ms: 500, deaf: true }], { until: "settled", graceMs: 50 }, 10);
    await expect(fork).rejects.toBe("cancelled from outside");
    expect(fork.log.cancelled).toEqual([
      { index: 0, reason: "cancelled from outside" },
      { index: 1, reason: "cancelled from outside" },
    ]);
    expect(fork.now()).toBe(60);
  });
});

describe("a limit of concurrency", () => {
  it("starts the next branch when one ends, and none after the fork is decided", async () => {
    const plans = [{ ms: 10 }, { ms: 20, fails: true }, { ms: 50 }, { ms: 1 }];
    const fork = run(plans, { until: "all", concurrency: 2 });
    expect((await fork).outcomes.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "cancelled",
      "skipped",
    ]);
    expect(fork.log.started).toEqual([0, 1, 2]);
  });
});

describe("whatever the branches do", () => {
  const plan = fc.record({ ms: fc.nat(100), fails: fc.boolean(), deaf: fc.boolean() });
  const until = fc.oneof(
    fc.constantFrom("all" as const, "settled" as const, "first" as const),
    fc.record({ quorum: fc.integer({ min: 1, max: 4 }) }),
  );

  it("every branch has an outcome, each settled one is in the order once, and no more run than may", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plan, { maxLength: 6 }),
        until,
        fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
        fc.option(fc.integer({ min: 1, max: 150 }), { nil: undefined }),
        async (plans, policy, concurrency, timeoutMs) => {
          const { reason, outcomes, order, index } = await run(plans, {
            until: policy,
            ...(concurrency !== undefined && { concurrency }),
            ...(timeoutMs !== undefined && { timeoutMs }),
          });
          expect(outcomes).toHaveLength(plans.length);
          expect(new Set(order).size).toBe(order.length);
          for (const [at, outcome] of outcomes.entries())
            expect(order.includes(at)).toBe(!["orphaned", "skipped"].includes(outcome.status));
          const succeeded = outcomes.filter(({ status }) => status === "fulfilled").length;
          if (reason === "done" && policy === "all") expect(succeeded).toBe(plans.length);
          if (reason === "quorum")
            expect(succeeded).toBeGreaterThanOrEqual((policy as { quorum: number }).quorum);
          expect(index !== undefined).toBe(["failed", "first", "quorum"].includes(reason));
        },
      ),
      { numRuns: 300 },
    );
  });
});
