import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatExposition } from "@tta-dev/observability";
import { createRegistry } from "@tta-dev/primitives";
import { readSamples } from "./metrics-page.ts";

const samples = (page: string) =>
  readSamples(page, new Set(["a", "b_total"])).map(({ name, labels, value }) => [
    name,
    Object.fromEntries(labels),
    value,
  ]);

describe("readSamples", () => {
  it.each([
    ["a 1", [["a", {}, 1]]],
    ["a{} 1", [["a", {}, 1]]],
    ['a{x="1",y="2"} 1.5e3', [["a", { x: "1", y: "2" }, 1500]]],
    ['a{x="1",} 2', [["a", { x: "1" }, 2]]],
    ['a{ x = "1" , y = "2" } 2', [["a", { x: "1", y: "2" }, 2]]],
    [String.raw`a{x="} \" \\ \n,"} 3`, [["a", { x: '} " \\ \n,' }, 3]]],
    ["a 1 1763625600000", [["a", {}, 1]]],
    ['b_total{x="1"} 4 # {trace_id="abc"} 1.0', [["b_total", { x: "1" }, 4]]],
    [
      "a 1\r\na 2\r\n",
      [
        ["a", {}, 1],
        ["a", {}, 2],
      ],
    ],
    ["aa 1", []],
    ["# a 1", []],
    ["a NaN", []],
    ["a +Inf", []],
    ["a", []],
    ['a{x="1" 2', []],
    ["", []],
  ])("reads %j", (page, expected) => {
    expect(samples(page)).toEqual(expected);
  });

  it("reads back whatever names our own page has", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.nat())), (recorded) => {
        const registry = createRegistry();
        const counter = registry.counter("primitive.execution.count");
        for (const [name, value] of recorded)
          counter.bind({ primitive_name: name, status: "success" }).add(value);
        const read = readSamples(
          formatExposition(registry.snapshot(), {}),
          new Set(["primitive_execution_count_total"]),
        );
        const total = (name: string): number =>
          recorded.reduce((sum, [one, value]) => sum + (one === name ? value : 0), 0);
        expect(
          new Map(read.map(({ labels, value }) => [labels.get("primitive_name"), value])),
        ).toEqual(new Map(recorded.map(([name]) => [name, total(name)])));
      }),
    );
  });
});
