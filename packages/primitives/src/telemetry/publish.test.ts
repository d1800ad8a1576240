import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { map } from "../composition/map.ts";
import { parallel } from "../composition/parallel.ts";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import { circuitBreaker } from "../recovery/circuit-breaker.ts";
import { fallback } from "../recovery/fallback.ts";
import { retryBudget } from "../recovery/retry-budget.ts";
import { retry } from "../recovery/retry.ts";
import { saga } from "../recovery/saga.ts";
import { timeout } from "../recovery/timeout.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import type { LogEvent } from "./log-event.ts";

const backoff = { kind: "constant", delayMs: 0 } as const;
const failing = async (): Promise<never> => {
  throw Object.assign(new Error("no"), { code: "EBUSY" });
};

let events: LogEvent[] = [];
const listen = (event: LogEvent): void => void events.push(event);
beforeEach(() => {
  events = [];
  slot().logListeners.add(listen);
});
afterEach(() => slot().logListeners.clear());

const told = (): [string, string, object][] =>
  events.map(({ event, primitiveName, fields }) => [event, primitiveName, fields]);

describe("a log event", () => {
  it("has who reports it, the fields of the run and a moment of its clock", async () => {
    const virtual = virtualRuntime();
    const run = workflow("answer", sequential(failing)).named("answer");
    await virtual
      .execute(run, 0, {
        workflowId: "r",
        correlationId: "c",
        agentType: "coordinator",
        userId: "u",
      })
      .catch(() => undefined);
    expect(events).toEqual([
      {
        event: "run.failed",
        level: "error",
        timestampMs: virtual.nowMs,
        primitiveName: "answer",
        primitivePath: "answer",
        workflowName: "answer",
        workflowId: "r",
        correlationId: "c",
        agentType: "coordinator",
        fields: { status: "error", error_type: "EBUSY", error_message: "no" },
        error: expect.objectContaining({ message: "no" }),
      },
    ]);
  });

  it("leaves out what the run does not have", async () => {
    await failingRun();
    expect(Object.keys(events[0]!).toSorted()).toEqual([
      "error",
      "event",
      "fields",
      "level",
      "primitiveName",
      "primitivePath",
      "timestampMs",
      "workflowId",
    ]);
  });

  const failingRun = (): Promise<unknown> =>
    sequential(failing)
      .execute(0)
      .catch((error: unknown) => error);

  it("reaches every listener although one of them throws, and changes nothing", async () => {
    const seen: string[] = [];
    slot().logListeners.clear();
    slot().logListeners.add(() => {
      throw new Error("a broken listener");
    });
    slot().logListeners.add(({ event }) => void seen.push(event));
    expect(await failingRun()).toMatchObject({ message: "no" });
    expect(seen).toEqual(["run.failed"]);
  });

  it("is not made where nobody listens", async () => {
    slot().logListeners.clear();
    expect(await failingRun()).toMatchObject({ message: "no" });
    expect(events).toEqual([]);
  });
});

describe("exactly one event tells that", () => {
  it("a run succeeded: none", async () => {
    await workflow(
      "w",
      sequential(() => 1),
    ).execute(0);
    expect(events).toEqual([]);
  });

  it("a run failed, however deep the failure was", async () => {
    const deep = workflow("w", sequential(parallel({ a: map(workflow("inner", failing)) })));
    await sequential(() => [1], deep)
      .named("root")
      .execute(0)
      .catch(() => undefined);
    expect(told()).toEqual([
      ["run.failed", "root", { status: "error", error_type: "EBUSY", error_message: "no" }],
    ]);
  });

  it("a run was cancelled", async () => {
    await workflow("w", () => 1)
      .execute(0, { signal: AbortSignal.abort("stop") })
      .catch(() => undefined);
    const controller = new AbortController();
    await workflow("w", () => controller.abort("stop"))
      .execute(0, { signal: controller.signal })
      .catch(() => undefined);
    expect(told()).toEqual([
      ["run.cancelled", "w", { status: "cancelled", error_type: "string", error_message: "stop" }],
    ]);
    expect(events[0]?.level).toBe("info");
  });

  it("an attempt is retried", async () => {
    let calls = 0;
    const flaky = retry(async () => (calls++ === 0 ? failing() : 1), { attempts: 3, backoff });
    await workflow("w", flaky.named("flaky")).execute(0);
    expect(told()).toEqual([
      ["attempt.retried", "flaky", { attempt: 2, max_attempts: 3, delay_ms: 0, reason: "EBUSY" }],
    ]);
    expect(events[0]).toMatchObject({ level: "warn", primitivePath: "w/flaky" });
  });

  it("a retry budget refused", async () => {
    const budget = retryBudget({ name: "b", ratio: 0, minPerSecond: 0 });
    await workflow("w", retry(failing, { attempts: 3, backoff, budget }))
      .execute(0)
      .catch(() => undefined);
    expect(told().map(([event, , fields]) => [event, fields])).toEqual([
      ["budget.refused", { budget: "b", kind: "retries" }],
      ["run.failed", expect.anything()],
    ]);
  });

  it("a fallback served", async () => {
    const guarded = fallback(failing, [
      function canned() {
        return 1;
      },
    ]).named("guarded");
    await workflow("w", guarded).execute(0);
    expect(told()).toEqual([
      ["fallback.served", "guarded", { served_by: "canned", reason: "EBUSY" }],
    ]);
  });

  it("a timeout expired", async () => {
    const slow = timeout(async (_input: number, context) => context.sleep("nap", 50), {
      timeoutMs: 10,
    }).named("slow");
    await virtualRuntime().execute(fallback(slow, [() => 1]), 0);
    expect(told()[0]).toEqual(["timeout.expired", "slow", { kind: "soft", timeout_ms: 10 }]);
    expect(events.filter(({ event }) => event === "timeout.expired")).toHaveLength(1);
  });

  it("a step of a saga was compensated, or could not be", async () => {
    const trip = saga(
      { name: "a", execute: () => 1, compensate: () => undefined },
      { name: "b", execute: () => 1, compensate: failing },
      { name: "c", execute: () => 1 },
      { name: "d", execute: failing },
    ).named("trip");
    await workflow("w", trip)
      .execute(0)
      .catch(() => undefined);
    expect(told().slice(0, -1)).toEqual([
      ["saga.compensation_failed", "trip", { step: "b" }],
      ["saga.compensated", "trip", { step: "a" }],
    ]);
    expect(events[0]).toMatchObject({ level: "error", error: { message: "no" } });
  });

  it("a circuit breaker moved", async () => {
    const guarded = circuitBreaker(failing, {
      failureRatio: 0.5,
      windowMs: 1_000,
      minimumCalls: 1,
      openMs: 1_000,
      halfOpenCalls: 1,
    }).named("breaker");
    await workflow("w", guarded)
      .execute(0)
      .catch(() => undefined);
    expect(told()[0]).toEqual([
      "circuit_breaker.changed",
      "breaker",
      { from: "closed", to: "open" },
    ]);
    expect(events.filter(({ event }) => event === "circuit_breaker.changed")).toHaveLength(1);
  });

  it("a stream failed under its consumer", async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      await failing();
    }
    const stream = await workflow("w", broken).execute(0);
    expect(events).toEqual([]);
    const reading = (async () => {
      for await (const value of stream) expect(value).toBe(1);
    })();
    await expect(reading).rejects.toThrow("no");
    expect(told()).toEqual([
      ["run.failed", "w", { status: "error", error_type: "EBUSY", error_message: "no" }],
    ]);
  });
});
