import type { SpanRecord } from "./span-record.ts";

interface SampleSpan {
  readonly name: string;
  /** Start and duration in milliseconds. */
  readonly at: readonly [number, number];
  readonly attributes?: SpanRecord["attributes"];
  readonly status?: SpanRecord["status"];
  readonly children?: readonly SampleSpan[];
}

/** Turns nested spans into flat records with ids "1", "2", …, in the order written. */
export function flattenSample(root: SampleSpan): readonly SpanRecord[] {
  const spans: SpanRecord[] = [];
  function add(
    { name, at, attributes = {}, status = "unset", children = [] }: SampleSpan,
    parent?: string,
  ): void {
    const spanId = String(spans.length + 1);
    const [startMs, durationMs] = at;
    spans.push({ name, spanId, parentSpanId: parent, startMs, durationMs, attributes, status });
    for (const child of children) add(child, spanId);
  }
  add(root);
  return spans;
}

/** A run of a support desk as it might be: a cached search, a call that is refused and repeated, a person asked. */
export const sampleTrace = flattenSample({
  name: "primitive.workflow.execute",
  at: [0, 4_312],
  attributes: {
    "primitive.name": "answer-ticket",
    "execution.status": "success",
    "workflow.attempts": 2,
    "workflow.tokens.total": 418,
    "workflow.waiting_ms": 3011,
  },
  children: [
    {
      name: "primitive.sequential.execute",
      at: [0.1, 4_311.5],
      attributes: { "primitive.name": "answer-ticket/1", "execution.status": "success" },
      children: [
        {
          name: "primitive.sequential.step_0",
          at: [0.2, 0.31],
          attributes: { "step.name": "classify", "execution.status": "success" },
        },
        {
          name: "primitive.sequential.step_1",
          at: [0.6, 42],
          attributes: { "step.name": "retrieve", "execution.status": "success" },
          children: [
            {
              name: "primitive.parallel.execute",
              at: [0.7, 41.8],
              attributes: { "primitive.name": "retrieve", "execution.status": "success" },
              children: [
                {
                  name: "primitive.parallel.branch_docs",
                  at: [0.8, 0.4],
                  attributes: { "step.name": "docs", "execution.status": "success" },
                  children: [
                    {
                      name: "primitive.cache.execute",
                      at: [0.9, 0.2],
                      attributes: {
                        "primitive.name": "search-docs",
                        "cache.kind": "fresh",
                        "execution.status": "success",
                      },
                    },
                  ],
                },
                {
                  name: "primitive.parallel.branch_history",
                  at: [0.85, 41.5],
                  attributes: { "step.name": "history", "execution.status": "success" },
                },
              ],
            },
          ],
        },
        {
          name: "primitive.sequential.step_2",
          at: [43, 2_270],
          attributes: { "step.name": "draft", "execution.status": "success" },
          children: [
            {
              name: "primitive.fallback.execute",
              at: [43.1, 2_269.5],
              attributes: { "primitive.name": "draft", "execution.status": "success" },
              children: [
                {
                  name: "primitive.fallback.primary",
                  at: [43.2, 2_269],
                  attributes: { "execution.status": "success" },
                  children: [
                    {
                      name: "primitive.circuit_breaker.execute",
                      at: [43.3, 2_268.7],
                      attributes: {
                        "primitive.name": "desk-large",
                        "circuit_breaker.state": "closed",
                        "execution.status": "success",
                      },
                      children: [
                        {
                          name: "primitive.retry.execute",
                          at: [43.4, 2_268.4],
                          attributes: { "retry.recovered": true, "execution.status": "success" },
                          children: [
                            {
                              name: "primitive.retry.attempt",
                              at: [43.5, 12.2],
                              attributes: {
                                "retry.attempt": 1,
                                "retry.max_attempts": 3,
                                "execution.status": "error",
                                "error.type": "RateLimitError",
                                "error.message":
                                  "429 Rate limit reached for desk-large.\nPlease try again in 1s.",
                              },
                              status: "error",
                              children: [
                                {
                                  name: "chat desk-large",
                                  at: [43.6, 12],
                                  attributes: {
                                    "execution.status": "error",
                                    "error.type": "RateLimitError",
                                    "error.message":
                                      "429 Rate limit reached for desk-large.\nPlease try again in 1s.",
                                  },
                                  status: "error",
                                },
                              ],
                            },
                            {
                              name: "primitive.retry.attempt",
                              at: [1_056, 1_255],
                              attributes: {
                                "retry.attempt": 2,
                                "retry.max_attempts": 3,
                                "retry.delay_ms": 1000,
                                "retry.reason": "RateLimitError",
                                "execution.status": "success",
                              },
                              children: [
                                {
                                  name: "primitive.timeout.execute",
                                  at: [1_056.1, 1_254.8],
                                  attributes: {
                                    "timeout.limit_ms": 5000,
                                    "execution.status": "success",
                                  },
                                  children: [
                                    {
                                      name: "chat desk-large",
                                      at: [1_056.2, 1_254.5],
                                      attributes: {
                                        "gen_ai.usage.input_tokens": 374,
                                        "gen_ai.usage.output_tokens": 44,
                                        "execution.status": "success",
                                      },
                                    },
                                  ],
                                },
                              ],
                            },
                          ],
                        },
                      ],
                    },
                  ],
                },
              ],
            },
          ],
        },
        {
          name: "primitive.sequential.step_3",
          at: [2_314, 1_997],
          attributes: { "step.name": "review", "execution.status": "success" },
          children: [
            {
              name: "primitive.wait.execute",
              at: [2_314.2, 1_996.5],
              attributes: {
                "wait.kind": "approval",
                "wait.name": "agent-reply",
                "wait.outcome": "signalled",
                "execution.status": "success",
              },
            },
          ],
        },
      ],
    },
  ],
});
