import { SpanStatusCode } from "@opentelemetry/api";
import {
  bulkhead,
  circuitBreaker,
  hedge,
  isWorkflowError,
  rateLimit,
  retryBudget,
  sequential,
  step,
  workflow,
  type Primitive,
  type WorkflowContext,
} from "@tta-dev/primitives";
import { virtualRuntime } from "@tta-dev/primitives/testing";
import { describe, expect, it } from "vitest";
import type { FinishedSpan } from "./test-tracing.ts";
import { drawTree, tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();

const work = step(
  "work",
  async (takesMs: number, context: WorkflowContext) => {
    await context.sleep("work", Math.abs(takesMs));
    if (takesMs < 0) throw new Error("no");
    return takesMs;
  },
  { idempotent: true },
);

function spansOf(finished: readonly FinishedSpan[], type: string): FinishedSpan[] {
  return finished
    .filter(({ name }) => name === `primitive.${type}.execute`)
    .toSorted((one, other) => one.startMs - other.startMs);
}

describe("a circuit breaker", () => {
  it("has one span, with the state it found and the change it made", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    const runtime = virtualRuntime();
    const breaker = circuitBreaker(work, { minimumCalls: 1, openMs: 1_000, halfOpenCalls: 2 });
    const run = (takesMs: number): Promise<unknown> =>
      runtime.execute(breaker, takesMs).catch((error: unknown) => error);
    expect(await run(-1)).toBeInstanceOf(Error);
    expect(isWorkflowError(await run(1), "CIRCUIT_OPEN")).toBe(true);
    await runtime.advance(1_000);
    for (const takesMs of [1, 1, 1]) expect(await run(takesMs)).toBe(1);
    const breakers = spansOf(finishedSpans(), "circuit_breaker");
    expect(
      breakers.map(({ attributes }) => [
        attributes["circuit_breaker.state"],
        attributes["circuit_breaker.transition"],
        attributes["execution.status"],
      ]),
    ).toEqual([
      ["closed", "closed->open", "error"],
      ["open", undefined, "rejected"],
      ["half_open", "open->half_open", "success"],
      ["half_open", "half_open->closed", "success"],
      ["closed", undefined, "success"],
    ]);
    expect(unbalancedSpans()).toEqual([]);
    const children = finishedSpans().filter(({ name }) => name === "primitive.step.execute");
    expect(children).toHaveLength(4);
  });

  it("names every change of one call", async () => {
    const { finishedSpans } = start();
    const runtime = virtualRuntime();
    const breaker = circuitBreaker(work, { minimumCalls: 1, openMs: 1_000 });
    await runtime.execute(breaker, -1).catch(() => undefined);
    await runtime.advance(1_000);
    await runtime.execute(breaker, 1);
    expect(spansOf(finishedSpans(), "circuit_breaker")[1]?.attributes).toMatchObject({
      "circuit_breaker.state": "half_open",
      "circuit_breaker.transition": "open->half_open->closed",
    });
  });
});

describe.each([
  ["bulkhead", (): Primitive<number, number> => bulkhead(work, { concurrency: 1, queue: 1 })],
  [
    "rate_limit",
    (): Primitive<number, number> => rateLimit(work, { limit: 1, intervalMs: 100, maxWaitMs: 100 }),
  ],
])("a %s", (type, make) => {
  it("has one span, with the wait that was no work, and with its refusal", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    const runtime = virtualRuntime();
    const guarded = make();
    await runtime.run(() =>
      Promise.all(
        [100, 100, 100].map((takesMs) =>
          guarded.execute(takesMs, { runtime }).catch(() => undefined),
        ),
      ),
    );
    const spans = spansOf(finishedSpans(), type);
    const seen = spans.map(({ attributes }) => [
      attributes["wait.ms"],
      attributes["execution.status"],
    ]);
    expect(seen).toHaveLength(3);
    expect(seen).toEqual(
      expect.arrayContaining([
        [undefined, "success"],
        [100, "success"],
        [undefined, "rejected"],
      ]),
    );
    const waited = spans.find(({ attributes }) => attributes["wait.ms"] === 100);
    expect(waited?.attributes["workflow.waiting_ms"]).toBe(200);
    expect(unbalancedSpans()).toEqual([]);
  });
});

describe("a call that found a place at once", () => {
  it.each([
    ["bulkhead", bulkhead(work, { concurrency: 1 })],
    ["rate_limit", rateLimit(work, { limit: 1, intervalMs: 1 })],
  ])("has waited for nothing, on a real clock either: %s", async (type, guarded) => {
    const { finishedSpans } = start();
    await guarded.execute(0);
    expect(spansOf(finishedSpans(), type)[0]?.attributes).not.toHaveProperty("wait.ms");
  });
});

describe("a hedge", () => {
  const slowThenQuick = (): Primitive<number, string> => {
    let attempt = 0;
    return step(
      "search",
      async (_input: number, context: WorkflowContext) => {
        const takesMs = attempt++ === 0 ? 500 : 20;
        await context.sleep("work", takesMs);
        return `after ${takesMs}`;
      },
      { idempotent: true },
    );
  };
  const budget = retryBudget({ name: "tracing-hedges", minPerSecond: 1_000 });

  it.each([
    ["without a budget", {}],
    ["with a budget", { budget }],
  ])("has a span for each attempt that started, and for no other, %s", async (_how, options) => {
    const { finishedSpans, unbalancedSpans } = start();
    const runtime = virtualRuntime();
    const hedged = hedge(slowThenQuick(), { delayMs: 100, maxHedges: 3, ...options });
    expect(await runtime.execute(workflow("w", hedged), 0)).toBe("after 20");
    const spans = finishedSpans();
    expect(
      drawTree(
        spans,
        ({ name, attributes }) =>
          `${name} ${String(attributes["execution.status"])} ${String(attributes["primitive.path"])}`,
      ),
    ).toBe(
      [
        "primitive.workflow.execute success w",
        "  primitive.hedge.execute success w/search",
        "    primitive.hedge.attempt_0 cancelled w/search/attempt_0:search",
        "    primitive.hedge.attempt_1 success w/search/attempt_1:search",
      ].join("\n"),
    );
    const [, second] = spans
      .filter(({ name }) => name.startsWith("primitive.hedge.attempt"))
      .toSorted((one, other) => one.startMs - other.startMs);
    expect(second!.endMs - second!.startMs).toBeCloseTo(20, 3);
    expect(second!.attributes).toMatchObject({
      "primitive.name": "search",
      "step.index": 1,
      "step.name": "search",
      "step.total_steps": 4,
    });
    expect(spansOf(spans, "hedge")[0]?.attributes["hedge.attempts"]).toBe(2);
    expect(unbalancedSpans()).toEqual([]);
  });

  it.each(["full", "compact"] as const)(
    "hangs composites below their attempts, budget or not: %s",
    async (detail) => {
      const trees: string[] = [];
      for (const options of [{}, { budget }]) {
        const tracing = start();
        const composite = sequential(slowThenQuick());
        const hedged = hedge(composite, { delayMs: 100, ...options });
        await virtualRuntime().execute(workflow("w", hedged), 0, { spans: detail });
        trees.push(
          drawTree(
            tracing.finishedSpans(),
            ({ name, attributes }) => `${name} ${String(attributes["primitive.path"])}`,
          ),
        );
        expect(tracing.unbalancedSpans()).toEqual([]);
        await tracing.shutdown();
      }
      expect(trees[1]).toBe(trees[0]);
      expect(trees[0]?.split("\n")).toHaveLength(detail === "full" ? 8 : 6);
    },
  );

  it("leaves no span of a hedge that the budget refused", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    const empty = retryBudget({ name: "tracing-empty", ratio: 0, minPerSecond: 0 });
    const hedged = hedge(slowThenQuick(), { delayMs: 100, budget: empty });
    expect(await virtualRuntime().execute(hedged, 0)).toBe("after 500");
    expect(drawTree(finishedSpans())).toBe(
      ["primitive.hedge.execute", "  primitive.hedge.attempt_0"].join("\n"),
    );
    expect(spansOf(finishedSpans(), "hedge")[0]?.attributes["hedge.attempts"]).toBe(1);
    expect(unbalancedSpans()).toEqual([]);
  });

  it("records the error it rejects with once, where it started", async () => {
    const { finishedSpans } = start();
    const hedged = hedge(work, { delayMs: 10 });
    await expect(virtualRuntime().execute(hedged, -50)).rejects.toThrow("no");
    const recorded = finishedSpans().map(({ name, events, status }) => [
      name,
      events.filter((event) => event.name === "exception").length,
      status.code,
    ]);
    expect(recorded).toEqual(
      expect.arrayContaining([
        ["primitive.hedge.attempt_0", 1, SpanStatusCode.ERROR],
        ["primitive.hedge.attempt_1", 1, SpanStatusCode.ERROR],
        ["primitive.hedge.execute", 0, SpanStatusCode.ERROR],
      ]),
    );
  });
});
