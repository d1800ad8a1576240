import { SpanStatusCode, type Attributes } from "@opentelemetry/api";
import {
  conditional,
  delay,
  fallback,
  llm,
  loop,
  map,
  parallel,
  race,
  retry,
  retryBudget,
  router,
  saga,
  sequential,
  signal,
  step,
  timeout,
  waitFor,
  workflow,
  type Primitive,
  type WorkflowContext,
} from "@tta-dev/primitives";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { FinishedSpan } from "./test-tracing.ts";
import { tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();

const noWait = { kind: "constant", delayMs: 0 } as const;
const failing = async (): Promise<never> => {
  throw new Error("no");
};
const failingOnce = (): (() => Promise<number>) => {
  let calls = 0;
  return async () => (calls++ === 0 ? failing() : 1);
};
const hang = (_input: unknown, { signal: stop }: WorkflowContext): Promise<never> =>
  new Promise((_resolve, reject) => {
    stop.addEventListener("abort", () => reject(stop.reason as Error));
  });

interface Init {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Runs a primitive and returns its spans, in the order in which they ended. */
async function spansOf(
  primitive: Primitive<number, unknown>,
  init: Init = {},
): Promise<readonly FinishedSpan[]> {
  const tracing = start();
  await primitive.execute(0, init).catch(() => undefined);
  await sleep(5);
  expect(tracing.unbalancedSpans()).toEqual([]);
  const spans = tracing.finishedSpans();
  await tracing.shutdown();
  return spans;
}

/** The last of the spans that has this name. */
function named(spans: readonly FinishedSpan[], name: string): FinishedSpan {
  const found = spans.findLast((span) => span.name === name || span.name === `primitive.${name}`);
  expect(found).toBeDefined();
  return found!;
}

async function attributesOf(
  name: string,
  primitive: Primitive<number, unknown>,
  init: Init = {},
): Promise<Attributes> {
  return named(await spansOf(primitive, init), name).attributes;
}

const exceptions = (spans: readonly FinishedSpan[]): string[] =>
  spans.flatMap(({ name, events }) =>
    events.filter((event) => event.name === "exception").map(() => name.replace("primitive.", "")),
  );

describe("retry.limited_by", () => {
  const limits = (outer: number, inner: number) =>
    retry(retry(failing, { attempts: inner, backoff: noWait }).named("inner"), {
      attempts: outer,
      backoff: noWait,
    }).named("outer");

  it("is absent where every attempt was made, and where one succeeded", async () => {
    const all = await attributesOf(
      "retry.execute",
      retry(failing, { attempts: 2, backoff: noWait }),
    );
    expect(all).not.toHaveProperty("retry.limited_by");
    expect(all).toMatchObject({ "retry.max_attempts": 2, "execution.status": "error" });
    const good = await attributesOf(
      "retry.execute",
      retry(() => 1, { attempts: 2 }),
    );
    expect(good).not.toHaveProperty("retry.limited_by");
    expect(good).not.toHaveProperty("retry.recovered");
  });

  it.each([
    [4, 3, { inner: "outer_retry", outer: "outer_retry" }],
    [2, 5, { inner: undefined, outer: "outer_retry" }],
  ])("is outer_retry where %i around %i may make no more calls", async (outer, inner, expected) => {
    const { finishedSpans } = start();
    await limits(outer, inner)
      .execute(0)
      .catch(() => undefined);
    const last = (name: string) =>
      finishedSpans().findLast(
        (span) =>
          span.attributes["primitive.name"] === name && span.name === "primitive.retry.execute",
      )?.attributes["retry.limited_by"];
    expect({ inner: last("inner"), outer: last("outer") }).toEqual(expected);
  });

  it("is not_retryable where the error is not worth another attempt", async () => {
    const never = retry(() => Promise.reject(new RangeError("no")), { attempts: 3 });
    expect(await attributesOf("retry.execute", never)).toMatchObject({
      "retry.limited_by": "not_retryable",
    });
    const judged = retry(failing, { attempts: 3, retryIf: () => false });
    expect(await attributesOf("retry.execute", judged)).toMatchObject({
      "retry.limited_by": "not_retryable",
    });
  });

  it("is deadline where the wait would end too late", async () => {
    const slow = retry(failing, { attempts: 3, backoff: { kind: "constant", delayMs: 60_000 } });
    expect(await attributesOf("retry.execute", slow, { timeoutMs: 5_000 })).toMatchObject({
      "retry.limited_by": "deadline",
      "execution.status": "timeout",
      "error.type": "DEADLINE_EXCEEDED",
    });
  });

  it("is budget where the budget is used up", async () => {
    const budget = retryBudget({ name: "b", ratio: 0, minPerSecond: 0 });
    const poor = retry(failing, { attempts: 3, backoff: noWait, budget });
    expect(await attributesOf("retry.execute", poor)).toMatchObject({
      "retry.limited_by": "budget",
    });
  });
});

describe("the attributes of an outcome", () => {
  it("of a fallback say who served and why", async () => {
    const served = fallback(failing, [failing, step("canned", () => 1)]);
    expect(await attributesOf("fallback.execute", served)).toMatchObject({
      "fallback.served_by": "canned",
      "fallback.reason": "Error",
      "execution.status": "success",
    });
    expect(
      await attributesOf(
        "fallback.execute",
        fallback(() => 1, [failing]),
      ),
    ).not.toHaveProperty("fallback.served_by");
  });

  it("of a timeout say its limits and whether they expired", async () => {
    expect(
      await attributesOf(
        "timeout.execute",
        timeout(() => 1, { timeoutMs: 50, graceMs: 5 }),
      ),
    ).toMatchObject({
      "timeout.limit_ms": 50,
      "timeout.grace_ms": 5,
      "execution.status": "success",
    });
    expect(await attributesOf("timeout.execute", timeout(hang, { timeoutMs: 2 }))).toMatchObject({
      "timeout.expired": true,
      "execution.status": "timeout",
      "error.type": "TIMEOUT",
    });
  });

  it("of a saga say what was compensated, failed and skipped", async () => {
    const good = saga({ name: "a", execute: () => 1, compensate: () => undefined });
    const done = await attributesOf("saga.execute", good);
    expect(done).toMatchObject({ "saga.outcome": "completed" });
    expect(done).not.toHaveProperty("saga.compensated");
    const last = { name: "d", execute: failing };
    expect(
      await attributesOf(
        "saga.execute",
        saga({ name: "a", execute: () => 1, compensate: () => undefined }, last),
      ),
    ).toMatchObject({
      "saga.outcome": "compensated",
      "saga.compensated": ["a"],
      "error.type": "SAGA_FAILED",
    });
    const broken = saga(
      { name: "a", execute: () => 1, compensate: failing },
      { name: "b", execute: () => 1 },
      { name: "c", execute: () => 1, compensate: () => undefined },
      last,
    );
    expect(await attributesOf("saga.execute", broken)).toMatchObject({
      "saga.outcome": "compensation_failed",
      "saga.compensated": ["c"],
      "saga.failed": ["a"],
      "saga.skipped": ["b"],
    });
  });

  it("of a router say the route, why, and what it saved", async () => {
    const routes = { small: () => 1, large: () => 2 };
    const estimates = { small: { costUsd: 0.25 }, large: { costUsd: 1 } };
    const cheap = router({
      routes,
      select: () => ({ route: "small", reason: "short" }),
      estimates,
      reference: "large",
    });
    expect(await attributesOf("router.execute", cheap)).toMatchObject({
      "router.route": "small",
      "router.reason": "short",
      "router.cost_savings_usd": 0.75,
    });
    const plain = await attributesOf(
      "router.execute",
      router({ routes, select: () => "none", defaultRoute: "large" }),
    );
    expect(plain).toMatchObject({ "router.route": "large", "router.reason": "unknown_route" });
    expect(plain).not.toHaveProperty("router.cost_savings_usd");
  });

  it("of a loop say what ended it, and after how many turns", async () => {
    const counting = (maxIterations: number) =>
      loop((value: number) => value + 1, { while: (value) => value < 3, maxIterations });
    expect(await attributesOf("loop.execute", counting(9))).toMatchObject({
      "loop.ended_by": "condition",
      "loop.iterations": 3,
    });
    expect(await attributesOf("loop.execute", counting(2))).toMatchObject({
      "loop.ended_by": "max_iterations",
      "loop.iterations": 2,
    });
    const { "step.index": index } = await attributesOf("loop.iteration", counting(9));
    expect(index).toBe(2);
  });

  it("of a wait say for what, how long, and how it ended", async () => {
    const { finishedSpans } = start();
    const run = workflow("w", waitFor("approval", { kind: "approval" })).execute(0, {
      workflowId: "r",
    });
    await turn();
    signal("r", "approval", true);
    await run;
    const { attributes } = finishedSpans().find(({ name }) => name === "primitive.wait.execute")!;
    expect(attributes).toMatchObject({
      "wait.kind": "approval",
      "wait.name": "approval",
      "wait.outcome": "completed",
    });
    expect(attributes["wait.ms"]).toBeGreaterThanOrEqual(0);
    expect(finishedSpans().at(-1)?.attributes["workflow.waiting_ms"]).toBeGreaterThan(0);
  });

  it("of a wait that timed out or was cancelled say so", async () => {
    expect(await attributesOf("wait.execute", waitFor("go", { timeoutMs: 2 }))).toMatchObject({
      "wait.outcome": "timeout",
      "execution.status": "timeout",
    });
    expect(
      await attributesOf("wait.execute", delay(60_000), { signal: AbortSignal.timeout(2) }),
    ).toMatchObject({ "wait.outcome": "timeout", "wait.kind": "delay" });
    const controller = new AbortController();
    setImmediate(() => controller.abort("stop"));
    expect(
      await attributesOf("wait.execute", delay(60_000), { signal: controller.signal }),
    ).toMatchObject({
      "wait.outcome": "cancelled",
      "execution.status": "cancelled",
    });
  });

  it("of an item and an attempt say their numbers", async () => {
    expect(
      await attributesOf(
        "map.item",
        sequential(
          () => [1, 2, 3],
          map((item: number) => item),
        ),
      ),
    ).toMatchObject({
      "step.index": 2,
      "step.total_steps": 3,
      "primitive.path": "sequential/1/item.2",
    });
  });

  it("of a model call that failed say what it was asked", async () => {
    const ask = llm({ provider: "openai", model: "gpt-x", call: failing });
    const spans = await spansOf(workflow("w", ask));
    expect(named(spans, "chat gpt-x").attributes).toMatchObject({
      "gen_ai.request.model": "gpt-x",
      "gen_ai.provider.name": "openai",
      "execution.status": "error",
      "error.type": "Error",
    });
  });

  it("of a model call leave out what the response does not say", async () => {
    const ask = (response: unknown) =>
      llm({
        provider: "p",
        model: "m",
        call: async () => response,
        usage: () => ({ inputTokens: 1, outputTokens: 2 }),
      });
    const { attributes } = named(await spansOf(workflow("w", ask(null))), "chat m");
    expect(attributes).toMatchObject({
      "gen_ai.usage.input_tokens": 1,
      "gen_ai.usage.output_tokens": 2,
    });
    expect(attributes).not.toHaveProperty("gen_ai.response.model");
    const full = llm({
      provider: "p",
      model: "m",
      call: async () => ({ id: "r", model: "m-1" }),
      usage: () => ({
        inputTokens: 9,
        outputTokens: 8,
        cacheReadTokens: 3,
        cacheWriteTokens: 2,
        reasoningTokens: 1,
      }),
    });
    const spans = await spansOf(workflow("w", full));
    expect(named(spans, "chat m").attributes).toMatchObject({
      "gen_ai.usage.cache_read.input_tokens": 3,
      "gen_ai.usage.cache_write.input_tokens": 2,
      "gen_ai.usage.reasoning.output_tokens": 1,
      "gen_ai.response.id": "r",
      "gen_ai.response.model": "m-1",
    });
    expect(named(spans, "workflow.execute").attributes["workflow.tokens.total"]).toBe(17);
  });
});

describe("status", () => {
  it("is red only where an error leaves the span", async () => {
    const recovered = await spansOf(
      workflow("w", fallback(retry(failing, { attempts: 2, backoff: noWait }), [() => 1])),
    );
    const red = recovered
      .filter(({ status }) => status.code === SpanStatusCode.ERROR)
      .map(({ name }) => name.replace("primitive.", ""));
    expect(red).toEqual(["retry.attempt", "retry.attempt", "retry.execute", "fallback.primary"]);
  });

  it("of a branch that was stopped is cancelled, and of a deaf one orphaned", async () => {
    const { finishedSpans } = start();
    const branches = parallel(
      { bad: failing, good: hang, deaf: async () => sleep(30) },
      { graceMs: 2 },
    );
    await branches.execute(0).catch(() => undefined);
    await sleep(40);
    const status = Object.fromEntries(
      finishedSpans().map(({ name, attributes }) => [
        name.replace("primitive.parallel.", ""),
        [attributes["execution.status"], attributes["execution.orphaned"]],
      ]),
    );
    expect(status).toEqual({
      branch_bad: ["error", undefined],
      branch_good: ["cancelled", undefined],
      branch_deaf: ["cancelled", true],
      execute: ["error", undefined],
    });
  });
});

describe("an exception is recorded once, on the span it started in", () => {
  const cases: readonly (readonly [string, Primitive<number, unknown>, readonly string[]])[] = [
    ["a step", workflow("w", sequential(sequential(failing))), ["sequential.step_0"]],
    ["a branch", workflow("w", parallel({ a: failing, b: () => 1 })), ["parallel.branch_a"]],
    ["an item", sequential(() => [1], map(failing)), ["map.item"]],
    ["a predicate", conditional(failing, () => 1), ["conditional.execute"]],
    ["a timeout", workflow("w", sequential(timeout(hang, { timeoutMs: 2 }))), ["step.execute"]],
    ["the last attempt", retry(failing, { attempts: 1 }), ["retry.attempt"]],
    [
      "a retry that no call was left for",
      retry(sequential(retry(failingOnce(), { attempts: 2, backoff: noWait }), failing), {
        attempts: 2,
        backoff: noWait,
      }),
      ["retry.attempt", "sequential.step_1"],
    ],
    ["a wrong input", map(() => 1) as unknown as Primitive<number, unknown>, ["map.execute"]],
    [
      "a saga, whose error is another one",
      saga({ name: "a", execute: failing }),
      ["saga.step_0", "saga.execute"],
    ],
    [
      "a race, whose error is another one",
      race({ a: failing }),
      ["race.attempt_a", "race.execute"],
    ],
  ];

  it.each(cases)("from %s", async (_from, primitive, expected) => {
    expect(exceptions(await spansOf(primitive)).toSorted()).toEqual([...expected].toSorted());
  });

  it.each([
    ["a string", "no"],
    ["nothing", undefined],
    ["an object", { reason: "no" }],
  ])("also when %s was thrown", async (_what, thrown) => {
    const spans = await spansOf(
      workflow(
        "w",
        sequential(() => Promise.reject(thrown as unknown as Error)),
      ),
    );
    expect(exceptions(spans)).toEqual(["sequential.step_0"]);
  });
});

describe("events", () => {
  it("mark checkpoints on the span of the step", async () => {
    const spans = await spansOf(
      workflow(
        "w",
        sequential((_input: number, context) => context.checkpoint("loaded")),
      ),
    );
    expect(named(spans, "sequential.step_0").events).toMatchObject([
      { name: "checkpoint", attributes: { "checkpoint.name": "loaded" } },
    ]);
  });

  it("put scores on the root of the run, from wherever in it", async () => {
    const scoring = workflow(
      "w",
      sequential((_input: number, context) => {
        context.score("relevance", 0.8, { label: "good", explanation: "all there" });
        context.score("plain", 1);
      }),
    );
    const spans = await spansOf(scoring);
    expect(named(spans, "sequential.step_0").events).toEqual([]);
    expect(
      named(spans, "workflow.execute").events.map(({ name, attributes }) => [name, attributes]),
    ).toEqual([
      [
        "gen_ai.evaluation.result",
        {
          "gen_ai.evaluation.name": "relevance",
          "gen_ai.evaluation.score.value": 0.8,
          "gen_ai.evaluation.score.label": "good",
          "gen_ai.evaluation.explanation": "all there",
        },
      ],
      [
        "gen_ai.evaluation.result",
        { "gen_ai.evaluation.name": "plain", "gen_ai.evaluation.score.value": 1 },
      ],
    ]);
  });
});

describe("a workflow inside a workflow", () => {
  it("is one trace and one run, with its name below it", async () => {
    const { finishedSpans } = start();
    const inner = workflow(
      "inner",
      sequential(() => 1),
      { context: { agentType: "helper" } },
    );
    await workflow(
      "outer",
      sequential(inner, () => 2),
    ).execute(0, { workflowId: "run-1" });
    const drawn = finishedSpans().map(({ name, attributes }) => [
      name.replace("primitive.", ""),
      attributes["workflow.name"],
      attributes["agent.type"],
      attributes["workflow.id"],
    ]);
    expect(new Set(finishedSpans().map(({ traceId }) => traceId)).size).toBe(1);
    expect(drawn).toEqual([
      ["sequential.step_0", "inner", "helper", "run-1"],
      ["sequential.execute", "inner", "helper", "run-1"],
      ["workflow.execute", "inner", "helper", "run-1"],
      ["sequential.step_0", "outer", undefined, "run-1"],
      ["sequential.step_1", "outer", undefined, "run-1"],
      ["sequential.execute", "outer", undefined, "run-1"],
      ["workflow.execute", "outer", undefined, "run-1"],
    ]);
  });
});
