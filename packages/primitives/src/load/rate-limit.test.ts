import * as fc from "fast-check";
import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { createContext } from "../create-context.ts";
import type { CallContext } from "../door/call-context.ts";
import { step } from "../define.ts";
import { RateLimitedError } from "../errors.ts";
import type { Primitive } from "../primitive.ts";
import { timeout } from "../recovery/timeout.ts";
import { InProcessRuntime, realMachine } from "../runtime/in-process.ts";
import { LossyRuntime } from "../runtime/lossy-runtime.fixture.ts";
import type { Runtime } from "../runtime/port.ts";
import { scopeListeners } from "../runtime/scope-listeners.fixture.ts";
import type { RuntimeSource } from "../runtime/source.ts";
import { slot } from "../slot.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { RateLimitQueue } from "./rate-limit-queue.ts";
import { rateLimit, type RateLimitOptions } from "./rate-limit.ts";

let names = 0;

interface Start {
  readonly input: number;
  readonly atMs: number;
}

/** A step that notes when it was called. */
function noting(): { readonly primitive: Primitive<number, number>; readonly starts: Start[] } {
  const starts: Start[] = [];
  const primitive = step(`noting-${names++}`, (input: number, { runtime }: WorkflowContext) => {
    starts.push({ input, atMs: runtime.elapsed() });
    return input;
  });
  return { primitive, starts };
}

function waiting(name: string): number {
  return slot().registry.gauge("rate_limit.waiting").bind({ primitive_name: name }).value;
}

function many<O>(count: number, run: (index: number) => Promise<O>): Promise<unknown[]> {
  return Promise.all(
    Array.from({ length: count }, (_nothing, index) => run(index).catch((error: unknown) => error)),
  );
}

describe("a rate limit", () => {
  it("lets as many calls start at once as its limit, and rejects the next", async () => {
    const { primitive, starts } = noting();
    const limited = rateLimit(primitive, { limit: 3, intervalMs: 900 });
    const runtime = virtualRuntime();
    const seen = await runtime.run(() => many(4, (input) => limited.execute(input, { runtime })));
    expect(seen.slice(0, 3)).toEqual([0, 1, 2]);
    expect(seen[3]).toMatchObject({
      code: "RATE_LIMITED",
      retryAfterMs: 300,
      message: `rate limit "${primitive.name}": the next token comes in 300 ms`,
    });
    expect(starts).toHaveLength(3);
  });

  it("refills evenly, up to its burst", async () => {
    const { primitive } = noting();
    const limited = rateLimit(primitive, { limit: 10, intervalMs: 1_000, burst: 2 });
    const runtime = virtualRuntime();
    const attempt = (): Promise<unknown[]> =>
      runtime.run(() => many(5, (input) => limited.execute(input, { runtime })));
    const passed = async (): Promise<number> =>
      (await attempt()).filter((one) => typeof one === "number").length;
    expect(await passed()).toBe(2);
    await runtime.advance(99);
    expect(await passed()).toBe(0);
    await runtime.advance(1);
    expect(await passed()).toBe(1);
    await runtime.advance(3_600_000);
    expect(await passed()).toBe(2);
  });

  it("has those that may wait start in the order in which they came, evenly spread", async () => {
    const { primitive, starts } = noting();
    const limited = rateLimit(primitive, { limit: 2, intervalMs: 200, burst: 1, maxWaitMs: 500 });
    const runtime = virtualRuntime();
    const all = runtime.run(() => many(8, (input) => limited.execute(input, { runtime })));
    await turn();
    expect(waiting(primitive.name)).toBe(5);
    const seen = await all;
    expect(starts.map(({ input, atMs }) => [input, atMs])).toEqual([
      [0, 0],
      [1, 100],
      [2, 200],
      [3, 300],
      [4, 400],
      [5, 500],
    ]);
    expect(seen.slice(6)).toEqual([
      expect.objectContaining({ retryAfterMs: 600 }),
      expect.objectContaining({ retryAfterMs: 600 }),
    ]);
    expect(waiting(primitive.name)).toBe(0);
    expect(runtime.pendingTimers).toBe(0);
  });

  it("lets nobody overtake those that wait", async () => {
    const { primitive, starts } = noting();
    const limited = rateLimit(primitive, { limit: 1, intervalMs: 100, maxWaitMs: 1_000 });
    const runtime = virtualRuntime();
    await runtime.run(async () => {
      const first = many(2, (input) => limited.execute(input, { runtime }));
      await nap(runtime, 100);
      await limited.execute(2, { runtime });
      await first;
    });
    expect(starts.map(({ input }) => input)).toEqual([0, 1, 2]);
  });

  it("shares its tokens between all places and names it has", async () => {
    const { primitive } = noting();
    const limited = rateLimit(primitive, { limit: 1, intervalMs: 100 });
    await sequential(limited).execute(1);
    await expect(limited.named("other").execute(1)).rejects.toBeInstanceOf(RateLimitedError);
  });

  it("survives runs whose clocks have nothing in common", async () => {
    const { primitive } = noting();
    const limited = rateLimit(primitive, { limit: 1, intervalMs: 100, maxWaitMs: 100 });
    const late = virtualRuntime();
    await late.advance(1e12);
    const early = virtualRuntime();
    for (const runtime of [late, early, late, early, early])
      expect(await runtime.execute(limited, 1)).toBe(1);
  });

  it("is named after its step and shows its options", () => {
    const { primitive } = noting();
    const limited = rateLimit(primitive, { limit: 5, intervalMs: 1_000 });
    expect(limited).toMatchObject({ name: primitive.name, type: "rate_limit" });
    expect(limited.describe().options).toEqual({
      limit: 5,
      intervalMs: 1_000,
      burst: 5,
      maxWaitMs: 0,
    });
  });

  it("passes on what its step throws", async () => {
    const failing = rateLimit(() => Promise.reject(new Error("no")), { limit: 1, intervalMs: 1 });
    await expect(failing.execute(0)).rejects.toThrow("no");
  });
});

describe("a call that waits for a token", () => {
  const RULES: RateLimitOptions = { limit: 1, intervalMs: 100, maxWaitMs: 10_000 };

  it("rejects in the turn in which it is aborted, and those behind move up", async () => {
    const { primitive, starts } = noting();
    const limited = rateLimit(primitive, RULES);
    const runtime = virtualRuntime();
    const controllers = Array.from({ length: 5 }, () => new AbortController());
    const seen: unknown[] = Array.from({ length: 5 }, () => "pending");
    for (const [index, { signal }] of controllers.entries())
      limited.execute(index, { runtime, signal }).then(
        (value) => (seen[index] = value),
        (error: unknown) => (seen[index] = error),
      );
    await runtime.advance(50);
    for (const gone of [1, 3]) {
      controllers[gone]!.abort("stop");
      for (let hop = 0; hop < 30 && seen[gone] === "pending"; hop++) await Promise.resolve();
    }
    expect(seen).toEqual([0, "stop", "pending", "stop", "pending"]);
    expect(waiting(primitive.name)).toBe(2);
    await runtime.advance(1_000);
    expect(starts.map(({ input, atMs }) => [input, atMs])).toEqual([
      [0, 0],
      [2, 100],
      [4, 200],
    ]);
    expect(runtime.pendingTimers).toBe(0);
    for (const { signal } of controllers)
      expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("gives its token back when it is aborted before its step began", async () => {
    const { primitive, starts } = noting();
    const limited = rateLimit(primitive, RULES);
    const { clock, runtime } = byHandRuntime();
    const controller = new AbortController();
    await limited.execute(1, { runtime });
    const settled = limited
      .execute(2, { runtime, signal: controller.signal })
      .catch((error: unknown) => error);
    await turn();
    clock.fireNext();
    // It has its token now, and its step begins some microtasks later.
    for (let hop = 0; hop < 40 && waiting(primitive.name) === 1; hop++) await Promise.resolve();
    controller.abort("stop");
    expect(await settled).toBe("stop");
    expect(await limited.execute(3, { runtime })).toBe(3);
    expect(starts.map(({ input, atMs }) => [input, atMs])).toEqual([
      [1, 0],
      [3, 100],
    ]);
  });

  it("is not overtaken while its timer is late", async () => {
    const { primitive, starts } = noting();
    const limited = rateLimit(primitive, { limit: 2, intervalMs: 200, maxWaitMs: 1_000 });
    const { clock, runtime } = byHandRuntime();
    await many(2, (input) => limited.execute(input, { runtime }));
    const waits = limited.execute(2, { runtime });
    await turn();
    clock.moveTo(1_000);
    const comes = limited.execute(3, { runtime });
    await turn();
    expect(starts).toHaveLength(2);
    while (clock.fireNext()) await turn();
    await Promise.all([waits, comes]);
    expect(starts.map(({ input }) => input)).toEqual([0, 1, 2, 3]);
  });

  it("leaves no listener behind, however it ends", async () => {
    const listeners = scopeListeners();
    const { primitive } = noting();
    const limited = rateLimit(primitive, RULES);
    const runtime = virtualRuntime();
    const controller = new AbortController();
    const { signal } = controller;
    const all = [0, 1, 2].map((input) =>
      limited.execute(input, { runtime, ...(input === 1 && { signal }) }).catch(() => undefined),
    );
    await runtime.advance(10);
    controller.abort("stop");
    await runtime.run(() => Promise.all(all));
    expect(listeners.left).toBe(0);
    listeners.stop();
  });

  it("takes no token and no turn once its process is lost", async () => {
    const { primitive } = noting();
    const { clock, runtime } = byHandRuntime();
    const limited = rateLimit(primitive, RULES);
    await limited.execute(1, { runtime });
    const lossy = new LossyRuntime();
    const ownClock = { start: byHandRuntime(clock).runtime.start };
    const queue = new RateLimitQueue({ limit: 1, intervalMs: 100, burst: 1 });
    const request = { maxWaitMs: 1_000, leftMs: Infinity, meters: { waiting: () => undefined } };
    const call = (): CallContext => createContext({ runtime: ownClock }) as CallContext;
    await queue.pass({ ...request, call: call(), recorder: runtimeOf(call()) });
    const lost = queue.pass({ ...request, call: call(), recorder: lossy });
    let passed: unknown = "waiting";
    void queue
      .pass({ ...request, call: call(), recorder: runtimeOf(call()) })
      .then((entry) => (passed = entry));
    await turn();
    lossy.lose();
    await turn();
    while (clock.fireNext()) await turn();
    expect(passed).toEqual({ status: "passed", waitedMs: 100 });
    await lost;
    expect(getEventListeners(lossy.ended, "abort")).toHaveLength(0);
  });

  it("is rejected at once where its token would come at or after the deadline", async () => {
    const { primitive, starts } = noting();
    const limited = rateLimit(primitive, RULES);
    const runtime = virtualRuntime();
    await runtime.execute(limited, 0);
    const began = runtime.nowMs;
    await expect(runtime.execute(limited, 1, { timeoutMs: 100 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      cause: { code: "RATE_LIMITED", retryAfterMs: 100 },
    });
    await expect(runtime.execute(timeout(limited, { timeoutMs: 50 }), 1)).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    expect(runtime.nowMs).toBe(began);
    expect(await runtime.execute(limited, 2, { timeoutMs: 101 })).toBe(2);
    expect(starts.map(({ input }) => input)).toEqual([0, 2]);
  });
});

describe("wrong options of a rate limit", () => {
  it.each([
    [{ limit: 0, intervalMs: 1 }, RangeError, "rateLimit({ limit })"],
    [{ limit: 1, intervalMs: 0 }, RangeError, "rateLimit({ intervalMs })"],
    [{ limit: 1 } as RateLimitOptions, TypeError, "rateLimit({ intervalMs })"],
    [{ limit: 1, intervalMs: 1, burst: 0 }, RangeError, "rateLimit({ burst })"],
    [{ limit: 1, intervalMs: 1, maxWaitMs: -1 }, RangeError, "rateLimit({ maxWaitMs })"],
    [5 as never, TypeError, "rateLimit(step, options)"],
  ])("are named: %j", (options, type, name) => {
    expect(() => rateLimit(() => 0, options)).toThrow(type);
    expect(() => rateLimit(() => 0, options)).toThrow(name);
  });
});

describe("whoever comes and goes", () => {
  const caller = fc.record({
    afterMs: fc.integer({ min: 0, max: 60 }),
    abortAfterMs: fc.option(fc.integer({ min: 0, max: 200 })),
    timeoutMs: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
  });

  it("no span of time sees more than burst and rate, and nobody overtakes", async () => {
    const property = fc.asyncProperty(
      fc.record({
        limit: fc.integer({ min: 1, max: 7 }),
        intervalMs: fc.integer({ min: 1, max: 100 }),
        burst: fc.integer({ min: 1, max: 5 }),
        maxWaitMs: fc.integer({ min: 0, max: 150 }),
      }),
      fc.array(caller, { minLength: 1, maxLength: 40, size: "max" }),
      async (options, callers) => {
        const { primitive, starts } = noting();
        const limited = rateLimit(primitive, options);
        const runtime = virtualRuntime();
        const rate = options.limit / options.intervalMs;
        const arrivals: number[] = [];
        let atMs = 0;
        const all = (): Promise<unknown[]> =>
          many(callers.length, async (index) => {
            const { afterMs, abortAfterMs, timeoutMs } = callers[index]!;
            await nap(runtime, (atMs += afterMs));
            arrivals[index] = atMsOf(runtime);
            const controller = new AbortController();
            if (abortAfterMs !== null)
              void nap(runtime, abortAfterMs).then(() => controller.abort("stop"));
            const { signal } = controller;
            return limited.execute(index, { runtime, signal, timeoutMs });
          });
        await runtime.run(all);
        await runtime.advance(1_000);
        for (const [first, { atMs: from }] of starts.entries())
          for (const [last, { atMs: to }] of starts.entries())
            if (last >= first)
              expect(last - first + 1).toBeLessThanOrEqual(
                options.burst + (to - from) * rate + 1e-6,
              );
        const order = starts.map(({ input }) => input);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        for (const { input, atMs: started } of starts)
          expect(started - arrivals[input]!).toBeLessThanOrEqual(options.maxWaitMs + 1e-6);
        expect(waiting(primitive.name)).toBe(0);
        expect(runtime.pendingTimers).toBe(0);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  it("no token is wasted, however long the clock has been running", async () => {
    const property = fc.asyncProperty(
      fc.record({
        limit: fc.integer({ min: 1, max: 7 }),
        intervalMs: fc.integer({ min: 1, max: 100 }),
        burst: fc.integer({ min: 1, max: 5 }),
      }),
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40, size: "max" }),
      fc.constantFrom(0, 1e9, 1.7e12),
      async (rules, gaps, offsetMs) => {
        const { primitive, starts } = noting();
        const limited = rateLimit(primitive, { ...rules, maxWaitMs: 1e9 });
        const runtime = virtualRuntime();
        await runtime.advance(offsetMs);
        const arrivals = gaps.map((_gap, index) =>
          gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0),
        );
        await runtime.run(() =>
          many(arrivals.length, async (index) => {
            await nap(runtime, arrivals[index]!);
            return limited.execute(index, { runtime });
          }),
        );
        const seen = starts.map(({ atMs }) => atMs - offsetMs);
        expect(seen).toEqual(
          byHand(arrivals, rules).map((start) => expect.closeTo(start, 1) as unknown),
        );
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});

/** When calls start that arrive at these moments, token by token. */
function byHand(
  arrivals: readonly number[],
  { limit, intervalMs, burst }: { limit: number; intervalMs: number; burst: number },
): number[] {
  const tokenMs = intervalMs / limit;
  const starts: number[] = [];
  let tokens = burst;
  let nowMs = 0;
  for (const arrival of arrivals) {
    const at = Math.max(arrival, nowMs);
    tokens = Math.min(burst, tokens + (at - nowMs) / tokenMs);
    nowMs = tokens >= 1 - 1e-9 ? at : at + (1 - tokens) * tokenMs;
    tokens = Math.max(0, tokens - 1);
    starts.push(nowMs);
  }
  return starts;
}

/** Time that stands still until the test moves it. */
function byHandRuntime(clock = new VirtualClock()): {
  readonly clock: VirtualClock;
  readonly runtime: RuntimeSource;
} {
  const machine = { ...realMachine, clock };
  return {
    clock,
    runtime: { start: ({ scope, home }) => new InProcessRuntime(scope, home, machine) },
  };
}

function runtimeOf({ runtime }: CallContext): Runtime {
  return runtime;
}

type Virtual = ReturnType<typeof virtualRuntime>;
const sleeper = workflow("nap", (ms: number, context) => context.sleep("nap", ms));

function nap(runtime: Virtual, ms: number): Promise<void> {
  return sleeper.execute(ms, { runtime });
}

function atMsOf(runtime: Virtual): number {
  return runtime.nowMs - virtualRuntime().nowMs;
}
