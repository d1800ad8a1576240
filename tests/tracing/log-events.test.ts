import {
  circuitBreaker,
  fallback,
  parallel,
  retry,
  retryBudget,
  saga,
  sequential,
  slot,
  timeout,
  workflow,
  type LogEvent,
  type Primitive,
} from "@tta-dev/primitives";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();

const noWait = { kind: "constant", delayMs: 0 } as const;
const failing = async (): Promise<never> => {
  throw new Error("no");
};
/** Fails at first, then works. */
const flaky = (): (() => Promise<number>) => {
  let calls = 0;
  return async () => (calls++ === 0 ? failing() : 1);
};

let events: LogEvent[] = [];
const listen = (event: LogEvent): void => void events.push(event);
beforeEach(() => {
  events = [];
  slot().logListeners.add(listen);
});
afterEach(() => slot().logListeners.clear());

/** What happens, the event that tells it, and the span that it is told on. */
const happenings: readonly (readonly [string, string, string, () => Primitive<number, unknown>])[] =
  [
    [
      "a run fails",
      "run.failed",
      "primitive.workflow.execute",
      () => workflow("w", sequential(failing)),
    ],
    [
      "an attempt is retried",
      "attempt.retried",
      "primitive.retry.execute",
      () => workflow("w", retry(flaky(), { attempts: 3, backoff: noWait })),
    ],
    [
      "a budget refuses",
      "budget.refused",
      "primitive.retry.execute",
      () =>
        workflow(
          "w",
          retry(failing, {
            attempts: 3,
            backoff: noWait,
            budget: retryBudget({ name: "b", ratio: 0, minPerSecond: 0 }),
          }),
        ),
    ],
    [
      "a fallback serves",
      "fallback.served",
      "primitive.fallback.execute",
      () => workflow("w", sequential(fallback(failing, [failing, () => 1]))),
    ],
    [
      "a timeout expires",
      "timeout.expired",
      "primitive.timeout.execute",
      () =>
        workflow(
          "w",
          timeout(async () => sleep(15), { timeoutMs: 1, graceMs: 100 }),
        ),
    ],
    [
      "a step is compensated",
      "saga.compensated",
      "primitive.saga.execute",
      () =>
        workflow(
          "w",
          saga(
            { name: "a", execute: () => 1, compensate: () => undefined },
            { name: "b", execute: failing },
          ),
        ),
    ],
    [
      "a compensation fails",
      "saga.compensation_failed",
      "primitive.saga.execute",
      () =>
        workflow(
          "w",
          saga(
            { name: "a", execute: () => 1, compensate: failing },
            { name: "b", execute: failing },
          ),
        ),
    ],
    [
      "a breaker moves",
      "circuit_breaker.changed",
      "primitive.circuit_breaker.execute",
      () =>
        workflow(
          "w",
          circuitBreaker(failing, {
            failureRatio: 0.5,
            windowMs: 1_000,
            minimumCalls: 1,
            openMs: 1_000,
            halfOpenCalls: 1,
          }),
        ),
    ],
  ];

const init = { workflowId: "run-1", correlationId: "req-1", agentType: "coordinator" };

describe("exactly one log event, with the ids of its trace and its request, tells that", () => {
  it.each(happenings)("%s", async (_what, event, span, build) => {
    const { finishedSpans } = start();
    await build()
      .execute(0, init)
      .catch(() => undefined);
    const told = events.filter((one) => one.event === event);
    expect(told).toHaveLength(1);
    const source = finishedSpans().find(({ name }) => name === span)!;
    expect(told[0]).toMatchObject({
      traceId: source.traceId,
      spanId: source.spanId,
      correlationId: "req-1",
      workflowId: "run-1",
      workflowName: "w",
      agentType: "coordinator",
      primitivePath: source.attributes["primitive.path"],
    });
  });

  it.each(happenings)(
    "%s, when it happens in a branch of a run",
    async (_what, event, _span, build) => {
      const { finishedSpans } = start();
      const branches = parallel({ a: build(), b: () => 1 }, { join: "settled" });
      await workflow("outer", branches).execute(0, init);
      const told = events.filter((one) => one.event === event);
      // A branch that fails is no run that fails.
      expect(told).toHaveLength(event === "run.failed" ? 0 : 1);
      for (const { traceId, correlationId } of told)
        expect([traceId, correlationId]).toEqual([finishedSpans()[0]!.traceId, "req-1"]);
    },
  );

  it.each(happenings)(
    "%s, also without a tracer, without the ids of a trace",
    async (_what, event, _span, build) => {
      await build()
        .execute(0, init)
        .catch(() => undefined);
      const told = events.filter((one) => one.event === event);
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({ correlationId: "req-1" });
      expect(told[0]).not.toHaveProperty("traceId");
      expect(told[0]).not.toHaveProperty("spanId");
    },
  );

  it.each(happenings)(
    "%s, also where the trace is not sampled",
    async (_what, event, _span, build) => {
      start({ sampler: "always_off" });
      await build()
        .execute(0, init)
        .catch(() => undefined);
      const told = events.filter((one) => one.event === event);
      expect(told).toHaveLength(1);
      expect(told[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  it.each(happenings)(
    "%s; a listener that throws changes neither result nor spans",
    async (_what, _event, _span, build) => {
      const outcome = async (): Promise<readonly [string, number]> => {
        const tracing = start();
        const ended = await build()
          .execute(0, init)
          .then(
            () => "resolved",
            (error: Error) => error.message,
          );
        const spans = tracing.finishedSpans().length;
        expect(tracing.unbalancedSpans()).toEqual([]);
        await tracing.shutdown();
        return [ended, spans];
      };
      const undisturbed = await outcome();
      slot().logListeners.clear();
      slot().logListeners.add(() => {
        throw new Error("a broken listener");
      });
      expect(await outcome()).toEqual(undisturbed);
    },
  );
});
