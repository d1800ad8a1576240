import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { displayWidth } from "./display-width.ts";
import { paintAlways } from "./paint.ts";
import { flattenSample, sampleTrace } from "./sample-trace.ts";
import type { SpanRecord } from "./span-record.ts";
import { renderTraceTree } from "./trace-tree.ts";

const span = (of: Partial<SpanRecord> & { readonly spanId: string }): SpanRecord => ({
  name: `span-${of.spanId}`,
  parentSpanId: undefined,
  startMs: 0,
  durationMs: 1,
  attributes: {},
  status: "unset",
  ...of,
});

describe("the trace tree at 80 columns", () => {
  test("it leaves out the prefix all names share and cuts what does not fit", () => {
    expect(`\n${renderTraceTree(sampleTrace, { width: 80 })}\n`).toBe(`
✓ workflow.execute  answer-ticket, 2 attempts, 418 tokens, 3.01 s wait…   4.31 s
└ ✓ sequential.execute                                                    4.31 s
  ├ ✓ sequential.step_0  classify                                        0.31 ms
  ├ ✓ sequential.step_1  retrieve                                        42.0 ms
  │ └ ✓ parallel.execute  retrieve                                       41.8 ms
  │   ├ ✓ parallel.branch_docs  docs                                     0.40 ms
  │   │ └ ✓ cache.execute  search-docs, hit (fresh)                      0.20 ms
  │   └ ✓ parallel.branch_history  history                               41.5 ms
  ├ ✓ sequential.step_2  draft                                            2.27 s
  │ └ ✓ fallback.execute  draft                                           2.27 s
  │   └ ✓ fallback.primary                                                2.27 s
  │     └ ✓ circuit_breaker.execute  desk-large, closed                   2.27 s
  │       └ ✓ retry.execute  recovered                                    2.27 s
  │         ├ ✗ retry.attempt  attempt 1 of 3, RateLimitError            12.2 ms
  │         │ └ ✗ chat desk-large  RateLimitError: 429 Rate limit reac…  12.0 ms
  │         └ ✓ retry.attempt  attempt 2 of 3, 1.00 s after RateLimitE…   1.25 s
  │           └ ✓ timeout.execute  limit 5.00 s                           1.25 s
  │             └ ✓ chat desk-large  374 tokens in, 44 out                1.25 s
  └ ✓ sequential.step_3  review                                           2.00 s
    └ ✓ wait.execute  waits for agent-reply, signalled                    2.00 s
`);
  });
});

describe("the trace tree at 160 columns", () => {
  test("it has whole names and bars that show when each span ran", () => {
    expect(`\n${renderTraceTree(sampleTrace, { width: 160 })}\n`).toBe(`
✓ primitive.workflow.execute  answer-ticket, 2 attempts, 418 tokens, 3.01 s waiting                             4.31 s  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
└ ✓ primitive.sequential.execute                                                                                4.31 s  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  ├ ✓ primitive.sequential.step_0  classify                                                                    0.31 ms  ━
  ├ ✓ primitive.sequential.step_1  retrieve                                                                    42.0 ms  ━
  │ └ ✓ primitive.parallel.execute  retrieve                                                                   41.8 ms  ━
  │   ├ ✓ primitive.parallel.branch_docs  docs                                                                 0.40 ms  ━
  │   │ └ ✓ primitive.cache.execute  search-docs, hit (fresh)                                                  0.20 ms  ━
  │   └ ✓ primitive.parallel.branch_history  history                                                           41.5 ms  ━
  ├ ✓ primitive.sequential.step_2  draft                                                                        2.27 s  ━━━━━━━━━━━━━━━━━━━━━━
  │ └ ✓ primitive.fallback.execute  draft                                                                       2.27 s  ━━━━━━━━━━━━━━━━━━━━━━
  │   └ ✓ primitive.fallback.primary                                                                            2.27 s  ━━━━━━━━━━━━━━━━━━━━━━
  │     └ ✓ primitive.circuit_breaker.execute  desk-large, closed                                               2.27 s  ━━━━━━━━━━━━━━━━━━━━━━
  │       └ ✓ primitive.retry.execute  recovered                                                                2.27 s  ━━━━━━━━━━━━━━━━━━━━━━
  │         ├ ✗ primitive.retry.attempt  attempt 1 of 3, RateLimitError                                        12.2 ms  ━
  │         │ └ ✗ chat desk-large  RateLimitError: 429 Rate limit reached for desk-large. Please try again i…  12.0 ms  ━
  │         └ ✓ primitive.retry.attempt  attempt 2 of 3, 1.00 s after RateLimitError                            1.25 s           ━━━━━━━━━━━━━
  │           └ ✓ primitive.timeout.execute  limit 5.00 s                                                       1.25 s           ━━━━━━━━━━━━━
  │             └ ✓ chat desk-large  374 tokens in, 44 out                                                      1.25 s           ━━━━━━━━━━━━━
  └ ✓ primitive.sequential.step_3  review                                                                       2.00 s                       ━━━━━━━━━━━━━━━━━━━
    └ ✓ primitive.wait.execute  waits for agent-reply, signalled                                                2.00 s                       ━━━━━━━━━━━━━━━━━━━
`);
  });
});

describe("the trace tree", () => {
  test.each([40, 60, 80, 100, 120, 139, 140, 160, 250])(
    "at %i columns no line is wider",
    (width) => {
      for (const line of renderTraceTree(sampleTrace, { width }).split("\n")) {
        expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }
    },
  );

  test("colours change nothing but colours", () => {
    const painted = renderTraceTree(sampleTrace, { width: 160, paint: paintAlways });
    expect(painted).toContain("\u001B[31m");
    const lines = stripVTControlCharacters(painted).split("\n");
    expect(lines.map((line) => line.trimEnd()).join("\n")).toBe(
      renderTraceTree(sampleTrace, { width: 160 }),
    );
  });

  test("siblings are in order of their start, whatever order they ended in", () => {
    const spans = [
      span({ spanId: "late", parentSpanId: "root", startMs: 5 }),
      span({ spanId: "early", parentSpanId: "root", startMs: 1 }),
      span({ spanId: "root" }),
    ];
    expect(renderTraceTree(spans, { width: 40 }).split("\n")).toEqual([
      "✓ span-root                      1.00 ms",
      "├ ✓ span-early                   1.00 ms",
      "└ ✓ span-late                    1.00 ms",
    ]);
  });

  test("a span whose parent is missing is a root", () => {
    const spans = [span({ spanId: "child", parentSpanId: "elsewhere" }), span({ spanId: "root" })];
    expect(renderTraceTree(spans, { width: 30 }).split("\n")).toEqual([
      "✓ span-child           1.00 ms",
      "✓ span-root            1.00 ms",
    ]);
  });

  test("marks tell success, failure, cancellation and timeout apart", () => {
    const outcomes = ["success", "error", "cancelled", "timeout", "rejected"];
    const spans = outcomes.map((outcome, index) =>
      span({ spanId: String(index), attributes: { "execution.status": outcome } }),
    );
    expect(renderTraceTree(spans, { width: 40 }).split("\n")).toEqual([
      "✓ span-0                         1.00 ms",
      "✗ span-1                         1.00 ms",
      "– span-2  cancelled              1.00 ms",
      "✗ span-3  timeout                1.00 ms",
      "✗ span-4  rejected               1.00 ms",
    ]);
  });

  test("a failure's message stands on the span it started in", () => {
    const attributes = {
      "execution.status": "error",
      "error.type": "Boom",
      "error.message": "no disk",
    };
    const tree = renderTraceTree(
      flattenSample({
        name: "outer",
        at: [0, 2],
        attributes,
        children: [{ name: "inner", at: [0, 1], attributes }],
      }),
      { width: 40 },
    );
    expect(tree.split("\n")).toEqual([
      "✗ outer  Boom                    2.00 ms",
      "└ ✗ inner  Boom: no disk         1.00 ms",
    ]);
  });

  test("names and messages from elsewhere cannot break the lines or colour the terminal", () => {
    const evil = "a\nb\u001B[31mc\u0007";
    const tree = renderTraceTree(
      [span({ spanId: "1", name: evil, attributes: { "error.message": evil } })],
      {
        width: 40,
      },
    );
    expect(tree).toBe("✓ a bc  a bc                     1.00 ms");
  });

  test("wide characters keep the durations aligned", () => {
    const tree = renderTraceTree(
      [span({ spanId: "1", name: "検索" }), span({ spanId: "2", name: "search" })],
      {
        width: 30,
      },
    );
    expect(tree.split("\n").map(displayWidth)).toEqual([30, 30]);
  });

  test("no spans draw nothing", () => {
    expect(renderTraceTree([], { width: 80 })).toBe("");
  });
});
