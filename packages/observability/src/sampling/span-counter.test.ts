import { AlwaysOnSampler } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import type { SpanBudget } from "./span-budget.ts";
import { NOW_MS, remote, startWith, traceIdWith } from "./sampling.fixture.ts";
import type { StartSpan } from "./sampling.fixture.ts";
import { createSpanCounter } from "./span-counter.ts";

const ID = traceIdWith("8");

function counting({ expected = 3, followsParents = true } = {}): {
  readonly start: StartSpan;
  readonly told: string[];
} {
  const told: string[] = [];
  const budget: SpanBudget = {
    reason: "adaptive",
    varies: true,
    thresholdFor: () => undefined,
    expected: () => expected,
    learn: (name, spans) => void told.push(`learn ${name} ${spans}`),
    spend: (spans) => void told.push(`spend ${spans}`),
  };
  const counter = createSpanCounter(budget, followsParents, () => NOW_MS);
  return { start: startWith(new AlwaysOnSampler(), counter), told };
}

describe("a budget is told of a trace", () => {
  test("what is expected when it begins, and what was too much of that at the end", () => {
    const { start, told } = counting({ expected: 5.4 });
    const root = start("root", { attributes: { "workflow.name": "answer" } });
    expect(told).toEqual(["spend 5"]);
    start("child", { under: root }).end();
    root.end();
    expect(told).toEqual(["spend 5", "learn answer 2", "spend -3"]);
  });

  test("what it has beyond that when it begins", () => {
    const { start, told } = counting({ expected: 2 });
    const root = start("root");
    for (let index = 0; index < 3; index++) start("child", { under: root }).end();
    root.end();
    expect(told).toEqual(["spend 2", "spend 1", "spend 1", "learn root 4"]);
  });

  test("what begins after its end", () => {
    const { start, told } = counting({ expected: 1 });
    const root = start("root");
    root.end();
    start("late", { under: root }).end();
    expect(told).toEqual(["spend 1", "learn root 1", "spend 1"]);
  });

  test("span by span where its parent elsewhere has decided", () => {
    const { start, told } = counting();
    const here = start("here", { under: remote(ID) });
    start("child", { under: here }).end();
    here.end();
    expect(told).toEqual(["spend 1", "spend 1"]);
  });

  test("as of any other where parents elsewhere do not count", () => {
    const { start, told } = counting({ followsParents: false, expected: 1 });
    start("here", { under: remote(ID) }).end();
    expect(told).toEqual(["spend 1", "learn here 1"]);
  });
});
