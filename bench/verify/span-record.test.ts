import { describe, expect, it } from "vitest";
import { differences, type SpanRecord } from "./span-record.ts";

const root: SpanRecord = {
  name: "root",
  id: "1",
  parentId: undefined,
  failed: false,
  exceptions: 0,
  attributes: { a: 1 },
};
const child: SpanRecord = { ...root, name: "child", id: "2", parentId: "1" };

describe("differences", () => {
  it("finds none between equal trees with other ids", () => {
    expect(
      differences(
        [root, child],
        [
          { ...child, id: "9", parentId: "8" },
          { ...root, id: "8" },
        ],
      ),
    ).toEqual([]);
  });
  it("finds a missing span, a span too many and one in another place", () => {
    expect(differences([root, child], [root])).toContain("only ours has the span root > child");
    expect(differences([root], [root, child])).toContain("only theirs has the span root > child");
    expect(differences([root, child], [root, { ...child, parentId: undefined }])).toHaveLength(2);
  });
  it("finds a span exported twice", () => {
    expect(differences([root, root], [root])).toEqual(["ours has 2 spans, theirs 1"]);
  });
  it("finds another status and another number of exceptions", () => {
    expect(differences([root], [{ ...root, failed: true, exceptions: 1 }])).toEqual([
      "root: failed is false for ours, true for theirs",
      "root: 0 exceptions for ours, 1 for theirs",
    ]);
  });
  it("finds a missing, an added and a changed attribute", () => {
    expect(differences([root], [{ ...root, attributes: {} }])).toHaveLength(1);
    expect(differences([root], [{ ...root, attributes: { a: 1, b: 2 } }])).toHaveLength(1);
    expect(differences([root], [{ ...root, attributes: { a: 2 } }])).toEqual([
      "root: a is 1 for ours, 2 for theirs",
    ]);
  });
  it("lets names differ but not be absent or empty", () => {
    const named = (name: unknown): SpanRecord => ({
      ...root,
      attributes: { "primitive.name": name },
    });
    expect(differences([named("x")], [named("y")])).toEqual([]);
    expect(differences([named("x")], [named("")])).toHaveLength(1);
    expect(differences([named("x")], [{ ...root, attributes: {} }])).toHaveLength(1);
  });
});
