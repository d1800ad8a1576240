import { createRegistry, sequential, workflow } from "@tta-dev/primitives";
import { expect, test } from "vitest";
import { summarizeRecorded } from "./recorded.ts";

const desk = workflow(
  "desk",
  sequential(
    function ask(text: string) {
      return text;
    },
    function reply(text: string) {
      return text;
    },
  ),
);
const graph = desk.describe();

test("nothing recorded is nothing to tell", () => {
  expect(summarizeRecorded(createRegistry().snapshot(), graph)).toEqual({
    failures: [],
    primitives: [],
    retries: { repeatedAttempts: 0, recovered: 0, failed: 0 },
    fallbacks: [],
    breakers: [],
    tokens: { prompt: 0, completion: 0 },
    models: [],
    caches: [],
    waits: [],
  });
});

test("primitives stand in the workflow's order, with the percentiles of all executions however they ended", () => {
  const registry = createRegistry();
  const durations = registry.histogram("primitive.execution.duration");
  const record = (name: string, type: string, status: "success" | "error", seconds: number) =>
    durations.bind({ primitive_name: name, primitive_type: type, status }).record(seconds);
  record("elsewhere", "step", "success", 1);
  record("reply", "step", "success", 1);
  record("ask", "step", "error", 4);
  for (let run = 0; run < 3; run++) record("ask", "step", "success", 1);
  durations.bind({ primitive_name: "desk", primitive_type: "workflow", status: "success" });

  const { primitives } = summarizeRecorded(registry.snapshot(), graph);
  expect(primitives.map(({ name }) => name)).toEqual(["ask", "reply", "elsewhere"]);
  expect(primitives[0]).toEqual({
    name: "ask",
    type: "step",
    count: 4,
    errors: 1,
    p50Seconds: expect.closeTo(1, 1),
    p95Seconds: 4,
    p99Seconds: 4,
  });
});

test("failures are those of the workflow's runs alone", () => {
  const registry = createRegistry();
  const count = registry.counter("primitive.execution.count");
  const run = { primitive_name: "desk", primitive_type: "workflow" } as const;
  count.bind({ ...run, status: "success" }).add(5);
  count.bind({ ...run, status: "timeout", error_type: "WAIT_TIMEOUT" }).add(2);
  count
    .bind({ primitive_name: "ask", primitive_type: "step", status: "error", error_type: "Error" })
    .add(9);
  expect(summarizeRecorded(registry.snapshot(), graph).failures).toEqual([
    { errorType: "WAIT_TIMEOUT", runs: 2 },
  ]);
});

test("recoveries, caches, models and waits are added up by name", () => {
  const registry = createRegistry();
  const retry = { primitive_name: "draft" };
  registry
    .counter("retry.attempts")
    .bind({ ...retry, reason: "429" })
    .add(2);
  registry
    .counter("retry.attempts")
    .bind({ ...retry, reason: "500" })
    .add(1);
  const outcomes = registry.counter("retry.outcomes");
  outcomes.bind({ ...retry, outcome: "succeeded_after_retry" }).add(2);
  outcomes.bind({ ...retry, outcome: "failed_first" }).add(1);
  outcomes.bind({ ...retry, outcome: "failed_after_retry" }).add(1);
  const served = registry.counter("fallback.activations");
  served.bind({ ...retry, served_by: "small", reason: "500" }).add(3);
  served.bind({ ...retry, served_by: "small", reason: "503" }).add(1);
  registry.gauge("circuit_breaker.state").bind({ primitive_name: "large" }).set(0.5);
  const moved = registry.counter("circuit_breaker.transitions");
  moved.bind({ primitive_name: "large", from: "closed", to: "open" }).add(1);
  moved.bind({ primitive_name: "large", from: "open", to: "half_open" });
  registry
    .counter("circuit_breaker.calls")
    .bind({ primitive_name: "large", kind: "rejected" })
    .add(7);
  const llm = { llm_provider: "openai", llm_model_name: "large" };
  registry
    .counter("llm.requests")
    .bind({ ...llm, status: "success" })
    .add(4);
  registry
    .counter("llm.requests")
    .bind({ ...llm, status: "timeout" })
    .add(1);
  registry
    .counter("llm.tokens.total")
    .bind({ ...llm, llm_token_type: "prompt" })
    .add(30);
  registry
    .counter("llm.tokens.total")
    .bind({ ...llm, llm_token_type: "completion" })
    .add(8);
  const cache = { primitive_name: "search", cache_type: "memory" };
  registry.counter("cache.hits").bind(cache).add(3);
  registry.counter("cache.misses").bind(cache).add(1);
  const waits = registry.histogram("wait.duration");
  const wait = { primitive_name: "approval", wait_kind: "approval" } as const;
  waits.bind({ ...wait, outcome: "completed" }).record(2);
  waits.bind({ ...wait, outcome: "timeout" }).record(9);

  expect(summarizeRecorded(registry.snapshot(), graph)).toMatchObject({
    retries: { repeatedAttempts: 3, recovered: 2, failed: 2 },
    fallbacks: [{ name: "draft", servedBy: "small", activations: 4 }],
    breakers: [
      {
        name: "large",
        state: "half_open",
        transitions: [{ from: "closed", to: "open", count: 1 }],
        rejected: 7,
      },
    ],
    tokens: { prompt: 30, completion: 8 },
    models: [{ model: "large", requests: 5, errors: 1, promptTokens: 30, completionTokens: 8 }],
    caches: [{ name: "search", hits: 3, misses: 1 }],
    waits: [{ name: "approval", kind: "approval", count: 2, completed: 1, timedOut: 1 }],
  });
});
