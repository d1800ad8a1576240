import { describe, expect, it } from "vitest";
import { nodeOf } from "./node-of.ts";
import { chain, sequenceNode } from "./sequence.ts";

const a = nodeOf(function first() {});
const b = nodeOf(function second() {});
const c = nodeOf(function third() {});

const steps = (node: ReturnType<typeof sequenceNode>) =>
  node.children.map((edge) => [edge.key, edge.spanName, edge.child.name, edge.attributes]);

describe("a sequence of nodes", () => {
  it("numbers its steps", () => {
    expect(steps(sequenceNode([a, b]))).toEqual([
      [
        "0",
        "primitive.sequential.step_0",
        "first",
        {
          "step.name": "first",
          "step.primitive_type": "step",
          "step.index": 0,
          "step.total_steps": 2,
        },
      ],
      [
        "1",
        "primitive.sequential.step_1",
        "second",
        {
          "step.name": "second",
          "step.primitive_type": "step",
          "step.index": 1,
          "step.total_steps": 2,
        },
      ],
    ]);
  });

  it("grows at its end, and is numbered anew", () => {
    const grown = chain(sequenceNode([a, b]), c);
    expect(steps(grown).map(([key, , name]) => [key, name])).toEqual([
      ["0", "first"],
      ["1", "second"],
      ["2", "third"],
    ]);
    expect(steps(grown)[0]?.[3]).toMatchObject({ "step.total_steps": 3 });
  });

  it("is one step of another where it has a name, or where it comes second", () => {
    const named = sequenceNode([a, b]).named("both");
    expect(steps(chain(named, c)).map(([, , name]) => name)).toEqual(["both", "third"]);
    expect(chain(a, sequenceNode([b, c])).children.map((edge) => edge.child.type)).toEqual([
      "step",
      "sequential",
    ]);
  });

  it("keeps its steps themselves: they stand in both", () => {
    const grown = chain(chain(a, sequenceNode([b])), c);
    expect(grown.children.map((edge) => edge.child.type)).toEqual(["step", "sequential", "step"]);
    expect(grown.children[0]?.child).toBe(a);
  });
});
