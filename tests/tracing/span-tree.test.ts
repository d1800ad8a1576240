import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import {
  conditional,
  definePrimitive,
  delay,
  fallback,
  llm,
  loop,
  map,
  observe,
  parallel,
  race,
  retry,
  router,
  saga,
  sequential,
  step,
  switchCase,
  timeout,
  workflow,
} from "@tta-dev/primitives";
import { describe, expect, it } from "vitest";
import { drawTree, tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();

const validate = async (text: string): Promise<string> => text;
const shout = async (text: string): Promise<string> => text.toUpperCase();
const failing = async (_text: string): Promise<never> => {
  throw new Error("no");
};
const noWait = { kind: "constant", delayMs: 0 } as const;

describe("one run is one trace", () => {
  it("has the tree of the telemetry contract for nested sequences", async () => {
    const { finishedSpans } = start();
    await workflow("answer", sequential(validate, sequential(shout, validate))).execute("a");
    expect(drawTree(finishedSpans())).toBe(
      [
        "primitive.workflow.execute",
        "  primitive.sequential.execute",
        "    primitive.sequential.step_0",
        "    primitive.sequential.step_1",
        "      primitive.sequential.execute",
        "        primitive.sequential.step_0",
        "        primitive.sequential.step_1",
      ].join("\n"),
    );
    expect(new Set(finishedSpans().map(({ traceId }) => traceId)).size).toBe(1);
    expect(finishedSpans().filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(
      1,
    );
  });

  it("draws step and primitive as one span when compact", async () => {
    const { finishedSpans } = start();
    await workflow("answer", sequential(validate, sequential(shout, validate))).execute("a", {
      spans: "compact",
    });
    expect(drawTree(finishedSpans())).toBe(
      [
        "primitive.workflow.execute",
        "  primitive.sequential.execute",
        "    primitive.sequential.step_0",
        "    primitive.sequential.execute",
        "      primitive.sequential.step_0",
        "      primitive.sequential.step_1",
      ].join("\n"),
    );
    const inner = finishedSpans().find(
      ({ attributes }) =>
        attributes["step.index"] === 1 && attributes["primitive.type"] === "sequential",
    );
    expect(inner?.attributes).toMatchObject({
      "step.primitive_type": "sequential",
      "step.total_steps": 2,
    });
  });

  it.each([
    [
      "parallel",
      parallel({ docs: validate, more: sequential(shout) }),
      "a",
      [
        "branch_docs",
        "branch_more",
        "  primitive.sequential.execute",
        "    primitive.sequential.step_0",
      ],
    ],
    [
      "conditional",
      conditional((text: string) => text === "a", validate, shout),
      "a",
      ["branch_then"],
    ],
    [
      "conditional",
      conditional((text: string) => text === "b", validate, shout),
      "a",
      ["branch_else"],
    ],
    ["switch", switchCase((text: string) => text, { a: validate }), "a", ["case_a"]],
    ["switch", switchCase((text: string) => text, { a: validate }, shout), "b", ["case_default"]],
    ["map", map(validate), ["a", "b"], ["item", "item"]],
    ["retry", retry(failing, { attempts: 2, backoff: noWait }), "a", ["attempt", "attempt"]],
    ["fallback", fallback(failing, [shout]), "a", ["primary", "alternative_0"]],
    [
      "router",
      router({ routes: { small: validate, large: shout }, select: () => "large" }),
      "a",
      ["route_large"],
    ],
    ["race", race({ a: validate }), "a", ["attempt_a"]],
    [
      "loop",
      loop(validate, { while: () => true, maxIterations: 2 }),
      "a",
      ["iteration", "iteration"],
    ],
    [
      "saga",
      saga(
        { name: "pay", execute: validate, compensate: () => undefined },
        { name: "ship", execute: failing },
      ),
      "a",
      ["step_0", "step_1", "compensate_0"],
    ],
  ] as const)("%s has a span for each part", async (type, primitive, input, parts) => {
    const { finishedSpans, unbalancedSpans } = start();
    await (primitive.execute as (input: unknown) => Promise<unknown>)(input).catch(() => undefined);
    const own = parts.map((part) =>
      part.startsWith(" ") ? `  ${part}` : `  primitive.${type}.${part}`,
    );
    expect(drawTree(finishedSpans())).toBe([`primitive.${type}.execute`, ...own].join("\n"));
    expect(unbalancedSpans()).toEqual([]);
  });

  it("gives a primitive of one's own its span below the step's", async () => {
    const { finishedSpans } = start();
    const processor = definePrimitive({ type: "processor", action: "process", run: validate });
    await sequential(
      processor,
      observe(shout, { name: "loud", type: "horn", attributes: { volume: 11 } }),
    ).execute("a");
    expect(drawTree(finishedSpans())).toBe(
      [
        "primitive.sequential.execute",
        "  primitive.sequential.step_0",
        "    primitive.processor.process",
        "  primitive.sequential.step_1",
        "    primitive.horn.execute",
      ].join("\n"),
    );
    expect(
      finishedSpans().find(({ name }) => name === "primitive.horn.execute")?.attributes,
    ).toMatchObject({
      "primitive.name": "loud",
      volume: 11,
    });
  });

  it("gives a model call a client span of the GenAI conventions", async () => {
    const { finishedSpans } = start();
    const ask = llm({
      provider: "openai",
      model: "gpt-x",
      call: async () => ({ model: "gpt-x-1", usage: { prompt_tokens: 7, completion_tokens: 5 } }),
    });
    await workflow("ask", sequential(ask, delay(0))).execute("a");
    const span = finishedSpans().find(({ name }) => name === "chat gpt-x");
    expect(span).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-x",
        "gen_ai.response.model": "gpt-x-1",
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 5,
      },
    });
    expect(
      finishedSpans().find(({ name }) => name === "primitive.wait.execute")?.attributes,
    ).toMatchObject({
      "wait.kind": "delay",
      "wait.outcome": "completed",
    });
  });
});

describe("attributes", () => {
  const everything = {
    workflowId: "run-1",
    sessionId: "s",
    userId: "u",
    correlationId: "c",
    causationId: "k",
    agentId: "a-1",
    agentType: "coordinator",
    llmProvider: "openai",
    llmModelName: "gpt-x",
    llmModelTier: "fast",
    tags: { tenant: "acme" },
  };

  it("are at least twenty on a step with every context field set, none of them empty", async () => {
    const { finishedSpans } = start();
    await workflow("answer", sequential(validate)).execute("a", everything);
    const { attributes } = finishedSpans().find(
      ({ name }) => name === "primitive.sequential.step_0",
    )!;
    expect(Object.keys(attributes).length).toBeGreaterThanOrEqual(20);
    expect(
      Object.values(attributes).filter((value) => value === "" || value === undefined),
    ).toEqual([]);
    expect(attributes).toMatchObject({
      "primitive.name": "validate",
      "primitive.type": "step",
      "primitive.action": "execute",
      "primitive.path": "answer/0:validate",
      "workflow.id": "run-1",
      "workflow.name": "answer",
      "session.id": "s",
      "user.id": "u",
      "correlation.id": "c",
      "causation.id": "k",
      "agent.id": "a-1",
      "agent.type": "coordinator",
      "llm.provider": "openai",
      "llm.model_name": "gpt-x",
      "llm.model_tier": "fast",
      "step.index": 0,
      "step.name": "validate",
      "step.primitive_type": "step",
      "step.total_steps": 1,
      "execution.status": "success",
    });
  });

  it("leave out what has no value", async () => {
    const { finishedSpans } = start();
    await workflow("answer", validate).execute("a");
    const { attributes } = finishedSpans().find(
      ({ name }) => name === "primitive.workflow.execute",
    )!;
    expect(Object.keys(attributes).toSorted()).toEqual([
      "execution.status",
      "primitive.action",
      "primitive.name",
      "primitive.path",
      "primitive.type",
      "workflow.id",
      "workflow.name",
    ]);
  });

  it("put tags on the root alone", async () => {
    const { finishedSpans } = start();
    await workflow("answer", sequential(validate)).execute("a", everything);
    expect(
      finishedSpans().filter(({ attributes }) => attributes["tag.tenant"] !== undefined),
    ).toHaveLength(1);
  });

  it("tell number, wait and reason of an attempt, and leave a recovered root green", async () => {
    const { finishedSpans } = start();
    let calls = 0;
    const flaky = async (): Promise<string> => {
      if (calls++ === 0) throw new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });
      return "ok";
    };
    await workflow(
      "answer",
      retry(flaky, { attempts: 3, backoff: { kind: "constant", delayMs: 1 } }),
    ).execute("a");
    const attempts = finishedSpans().filter(({ name }) => name === "primitive.retry.attempt");
    expect(attempts.map(({ attributes }) => attributes["retry.attempt"])).toEqual([1, 2]);
    expect(attempts[1]?.attributes).toMatchObject({
      "retry.delay_ms": 1,
      "retry.reason": "TypeError",
      "retry.max_attempts": 3,
    });
    expect(attempts.map(({ status }) => status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
    ]);
    const root = finishedSpans().find(({ parentSpanId }) => parentSpanId === undefined)!;
    expect(root.status.code).toBe(SpanStatusCode.UNSET);
    expect(root.attributes["workflow.attempts"]).toBe(2);
    expect(
      finishedSpans().find(({ name }) => name === "primitive.retry.execute")?.attributes,
    ).toMatchObject({ "retry.recovered": true });
  });
});

describe("failures", () => {
  it("are recorded as an exception once, on the span they started in", async () => {
    const { finishedSpans } = start();
    await workflow("answer", sequential(validate, timeout(failing, { timeoutMs: 1000 })))
      .execute("a")
      .catch(() => undefined);
    const recorded = finishedSpans().filter(({ events }) =>
      events.some(({ name }) => name === "exception"),
    );
    expect(recorded.map(({ name }) => name)).toEqual(["primitive.step.execute"]);
    const root = finishedSpans().find(({ parentSpanId }) => parentSpanId === undefined)!;
    expect(root.status).toEqual({ code: SpanStatusCode.ERROR, message: "no" });
    expect(root.attributes).toMatchObject({
      "execution.status": "error",
      "error.type": "Error",
      "error.message": "no",
    });
  });

  it("are recorded once although a nested execution carries them up", async () => {
    const { finishedSpans } = start();
    const inner = step("inner", failing);
    await workflow("outer", async (text: string) => inner.execute(text, { agentType: "helper" }))
      .execute("a")
      .catch(() => undefined);
    const recorded = finishedSpans().flatMap(({ events }) =>
      events.filter(({ name }) => name === "exception"),
    );
    expect(recorded).toHaveLength(1);
  });

  it("of a telemetry that throws change no result", async () => {
    for (const fault of [
      "exporter_throws",
      "exporter_fails",
      "processor_throws_on_start",
      "processor_throws_on_end",
    ] as const) {
      const tracing = start({ fault });
      expect(await workflow("answer", sequential(validate, shout)).execute("a")).toBe("A");
      await tracing.shutdown();
    }
  });
});
