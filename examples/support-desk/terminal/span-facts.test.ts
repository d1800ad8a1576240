import { expect, test } from "vitest";
import { spanFacts } from "./span-facts.ts";
import type { SpanRecord } from "./span-record.ts";

const factsOf = (attributes: SpanRecord["attributes"], parentSpanId?: string): readonly string[] =>
  spanFacts(
    {
      name: "n",
      spanId: "1",
      parentSpanId,
      startMs: 0,
      durationMs: 1,
      attributes,
      status: "unset",
    },
    false,
  );

test.each([
  ["a chosen name", { "primitive.name": "search-docs" }, ["search-docs"]],
  [
    "an agent of another name",
    { "primitive.name": "hand-off", "primitive.type": "workflow", "agent.type": "human" },
    ["hand-off", "human"],
  ],
  [
    "an agent called after what it is",
    { "primitive.name": "retriever", "primitive.type": "workflow", "agent.type": "retriever" },
    ["retriever"],
  ],
  [
    "a request",
    {
      "http.request.method": "POST",
      "url.path": "/v1/chat/completions",
      "http.response.status_code": 429,
    },
    ["/v1/chat/completions", "status 429"],
  ],
  [
    "a request that got no answer",
    { "http.request.method": "POST", "url.path": "/v1", "error.type": "ECONNRESET" },
    ["/v1", "ECONNRESET"],
  ],
  ["a path nobody chose", { "primitive.name": "answer-ticket/2" }, []],
  [
    "a step's name before the primitive's",
    { "step.name": "docs", "primitive.name": "search" },
    ["docs"],
  ],
  ["a first attempt", { "retry.attempt": 1, "retry.max_attempts": 3 }, ["attempt 1 of 3"]],
  [
    "an attempt after a wait",
    {
      "retry.attempt": 2,
      "retry.max_attempts": 3,
      "retry.delay_ms": 250,
      "retry.reason": "RateLimitError",
    },
    ["attempt 2 of 3", "250 ms after RateLimitError"],
  ],
  [
    "an attempt without a wait",
    { "retry.attempt": 2, "retry.delay_ms": 0, "retry.reason": "APIError" },
    ["attempt 2", "at once after APIError"],
  ],
  [
    "an attempt after a wait for no known reason",
    { "retry.attempt": 2, "retry.delay_ms": 5 },
    ["attempt 2", "5.00 ms after the one before"],
  ],
  ["a retry that was limited", { "retry.limited_by": "deadline" }, ["ended by deadline"]],
  ["a cache miss", { "cache.kind": "miss" }, ["miss"]],
  ["a shared load", { "cache.kind": "shared" }, ["hit (shared)"]],
  ["a route", { "router.route": "billing", "router.reason": "select" }, ["to billing (select)"]],
  ["a wait", { "wait.kind": "delay", "wait.outcome": "elapsed" }, ["waits for delay", "elapsed"]],
  [
    "an expired timeout",
    { "timeout.limit_ms": 2000, "timeout.expired": true },
    ["limit 2.00 s", "expired"],
  ],
  [
    "a breaker that moved",
    { "circuit_breaker.state": "open", "circuit_breaker.transition": "closed→open" },
    ["closed→open"],
  ],
  [
    "tokens",
    { "gen_ai.usage.input_tokens": 1374, "gen_ai.usage.output_tokens": 44 },
    ["1,374 tokens in, 44 out"],
  ],
  ["an empty text", { "step.name": " ", "error.message": "" }, []],
])("%s", (_, attributes, facts) => {
  expect(factsOf(attributes, "parent")).toEqual(facts);
});

test("a model call's span has the model in its own name", () => {
  const attributes = { "primitive.name": "desk-large", "gen_ai.usage.input_tokens": 3 };
  const span = {
    spanId: "1",
    parentSpanId: "0",
    startMs: 0,
    durationMs: 1,
    status: "unset",
  } as const;
  expect(spanFacts({ ...span, name: "chat desk-large", attributes }, false)).toEqual([
    "3 tokens in, 0 out",
  ]);
});

test("what a run adds up to stands on its root alone", () => {
  const attributes = {
    "workflow.attempts": 1,
    "workflow.tokens.total": 418,
    "workflow.waiting_ms": 3000,
  };
  expect(factsOf(attributes)).toEqual(["1 attempt", "418 tokens", "3.00 s waiting"]);
  expect(factsOf(attributes, "parent")).toEqual([]);
});
