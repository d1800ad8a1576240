import { describe, expect, it } from "vitest";
import { spanTree, type TreeSpan } from "./span-tree.ts";

const span = (spanId: string, parentSpanId?: string, more: Partial<TreeSpan> = {}): TreeSpan => ({
  name: `span ${spanId}`,
  spanId,
  parentSpanId,
  attributes: {},
  status: { code: 0 },
  ...more,
});

describe("a span tree", () => {
  it("hangs spans below their parents, whatever order they ended in", () => {
    const spans = [span("3", "2"), span("2", "1"), span("4", "1"), span("1")];
    expect(spanTree(spans)).toBe(["span 1", "  span 2", "    span 3", "  span 4"].join("\n"));
  });

  it("shows the attributes it is asked for, and errors", () => {
    const failed = span("2", "1", {
      attributes: { attempt: 2, name: "a b", tags: ["x"], secret: 1 },
      status: { code: 2 },
    });
    expect(
      spanTree([span("1"), failed], { attributes: ["name", "attempt", "tags", "missing"] }),
    ).toBe('span 1\n  span 2 name=a b attempt=2 tags=["x"] ERROR');
  });

  it("orders siblings by start, then by index", () => {
    const at = (startMs: number, index: number): Partial<TreeSpan> => ({
      startMs,
      attributes: { "step.index": index },
    });
    const spans = [
      span("a", "1", at(2, 0)),
      span("b", "1", at(1, 1)),
      span("c", "1", at(1, 0)),
      span("1"),
    ];
    expect(spanTree(spans)).toBe(["span 1", "  span c", "  span b", "  span a"].join("\n"));
  });

  it("says where a parent is missing", () => {
    expect(spanTree([span("2", "gone")])).toBe("span 2 (its parent is not here)");
    expect(spanTree([])).toBe("");
  });
});
