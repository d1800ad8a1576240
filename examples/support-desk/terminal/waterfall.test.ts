import { describe, expect, test } from "vitest";
import type { SpanRecord } from "./span-record.ts";
import { drawWaterfall } from "./waterfall.ts";

const span = (startMs: number, durationMs: number): SpanRecord => ({
  name: "span",
  spanId: `${startMs}`,
  parentSpanId: undefined,
  startMs,
  durationMs,
  attributes: {},
  status: "unset",
});

describe("drawWaterfall", () => {
  const spans = [span(1000, 100), span(1000, 0), span(1025, 50), span(1100, 0)];
  test("a bar stands where the span ran, and a span without duration has one column", () => {
    expect(spans.map(drawWaterfall(spans, 20))).toEqual([
      "━━━━━━━━━━━━━━━━━━━━",
      "━",
      "     ━━━━━━━━━━",
      "                   ━",
    ]);
  });

  test("a trace without duration is one column", () => {
    expect([span(5, 0)].map(drawWaterfall([span(5, 0)], 20))).toEqual(["━"]);
  });
});
