import { describe, expect, it } from "vitest";
import { conditional } from "../composition/conditional.ts";
import { loop } from "../composition/loop.ts";
import { map } from "../composition/map.ts";
import { parallel } from "../composition/parallel.ts";
import { race } from "../composition/race.ts";
import { router } from "../composition/router.ts";
import { sequential } from "../composition/sequential.ts";
import { switchCase } from "../composition/switch-case.ts";
import { workflow } from "../composition/workflow.ts";
import { definePrimitive, observe, step } from "../define.ts";
import { llm } from "../llm/llm.ts";
import { fallback } from "../recovery/fallback.ts";
import { retryBudget } from "../recovery/retry-budget.ts";
import { retry } from "../recovery/retry.ts";
import { saga } from "../recovery/saga.ts";
import { timeout } from "../recovery/timeout.ts";
import { defineSlo } from "../slo/define-slo.ts";
import { delay } from "../waiting/delay.ts";
import { waitFor } from "../waiting/wait-for.ts";

const work = (value: number): number => value;

const everything = [
  workflow("w", work, {
    slos: [defineSlo({ name: "s", objective: 0.99, indicator: { kind: "availability" } })],
  }),
  sequential(work, sequential(work)),
  parallel({ a: work, b: work }, { join: { quorum: 1 }, concurrency: 2, graceMs: 5 }),
  conditional(() => true, work),
  switchCase(() => "a", { a: work }, work),
  map(work),
  race([work, work], { graceMs: 5 }),
  retry(work, { attempts: 2 }),
  retry(work, {
    attempts: 2,
    backoff: () => 5,
    budget: retryBudget({ name: "b" }),
    nested: "multiply",
  }),
  fallback(work, [work]),
  timeout(work, { timeoutMs: 5 }),
  saga(
    { name: "a", execute: work, compensate: work as never, retry: { attempts: 2 } },
    { name: "b", execute: work },
  ),
  router({ routes: { a: work }, select: () => "a" }),
  router({
    routes: { a: work },
    select: () => "a",
    defaultRoute: "a",
    reference: "a",
    estimates: { a: { costUsd: 1 } },
  }),
  loop(work, { while: () => false, maxIterations: 2, maxCostUsd: 1 }),
  delay<number>(5),
  waitFor<number, number, number>("go", { timeoutMs: 5, onTimeout: work }),
  llm({ provider: "p", model: "m", call: work }),
  step("s", work, { idempotent: true, sideEffects: false }),
  observe(work, { name: "o" }),
  observe(sequential(work), { name: "o" }),
  definePrimitive({ type: "own", children: { a: work }, options: { limit: 5 }, run: work }),
];

describe("the description of a primitive", () => {
  it.each(everything.map((primitive) => [primitive.type, primitive] as const))(
    "is plain data and survives JSON: %s",
    (_type, primitive) => {
      const graph = primitive.describe();
      expect(JSON.parse(JSON.stringify(graph))).toStrictEqual(graph);
    },
  );

  it("is the same every time", () => {
    for (const primitive of everything) expect(primitive.describe()).toEqual(primitive.describe());
  });

  it("has type, name, path, options and children, down to the leaves", () => {
    expect(workflow("w", sequential(work, timeout(work, { timeoutMs: 5 }))).describe()).toEqual({
      type: "workflow",
      name: "w",
      path: "w",
      leaf: false,
      options: { hasInputSchema: false },
      children: [
        {
          key: "",
          span: "primitive.sequential.execute",
          graph: {
            type: "sequential",
            name: "w",
            path: "w",
            leaf: false,
            options: {},
            children: [
              {
                key: "0",
                span: "primitive.sequential.step_0",
                graph: {
                  type: "step",
                  name: "work",
                  path: "w/0:work",
                  leaf: true,
                  options: {},
                  children: [],
                },
              },
              {
                key: "1",
                span: "primitive.sequential.step_1",
                graph: {
                  type: "timeout",
                  name: "work",
                  path: "w/1:work",
                  leaf: false,
                  options: { timeoutMs: 5, graceMs: 0 },
                  children: [
                    {
                      key: "body",
                      span: "primitive.step.execute",
                      graph: {
                        type: "step",
                        name: "work",
                        path: "w/1:work/body:work",
                        leaf: true,
                        options: {},
                        children: [],
                      },
                    },
                  ],
                },
              },
            ],
          },
        },
      ],
    });
  });

  it("leaves out functions and whatever else is no data", () => {
    const own = definePrimitive({
      type: "own",
      options: {
        limit: 5,
        nothing: undefined,
        judge: () => true,
        nested: { at: new Date(0), by: Symbol("s") },
      },
      run: work,
    });
    expect(own.describe().options).toStrictEqual({
      limit: 5,
      nested: { at: "1970-01-01T00:00:00.000Z" },
    });
  });

  it("is there although options of one's own cannot be written down", () => {
    const circle: Record<string, unknown> = { limit: 5n };
    circle["self"] = circle;
    const own = definePrimitive({ type: "own", options: { fine: 1, circle, big: 5n }, run: work });
    expect(own.describe().options).toStrictEqual({ fine: 1 });
  });

  it("tells wrappers' spans and steps' spans apart by the parent", () => {
    expect(
      retry(timeout(work, { timeoutMs: 5 }), { attempts: 2 }).describe().children[0],
    ).toMatchObject({
      key: "attempt",
      span: "primitive.retry.attempt",
      graph: { type: "timeout", children: [{ key: "body", span: "primitive.step.execute" }] },
    });
  });
});
