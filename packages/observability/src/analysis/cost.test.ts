import type { Registry } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CostLabel } from "./cost.ts";
import { costOf } from "./cost.ts";
import { money } from "./money.ts";

const nano = fc.integer({ min: 0, max: 5_000_000_000 });
const word = fc.constantFrom("a", "b", "c");

interface Call {
  readonly llm_provider: string;
  readonly llm_model_name: string;
  readonly workflow_name: string;
  readonly agent_type: string;
  readonly nanoUsd: number;
}
const call: fc.Arbitrary<Call> = fc.record({
  llm_provider: word,
  llm_model_name: word,
  workflow_name: word,
  agent_type: fc.constantFrom("", "coordinator"),
  nanoUsd: nano,
});
const saving = fc.record({
  mechanism: fc.constantFrom("response_cache", "prompt_cache", "routing"),
  workflow_name: word,
  nanoUsd: nano,
});

function spend(registry: Registry, { nanoUsd, ...labels }: Call): void {
  registry.counter("llm.cost.usd").bind(labels).addNanoUsd(nanoUsd);
}

function run(registry: Registry, workflow: string, status: "success" | "error" = "success"): void {
  registry
    .counter("primitive.execution.count")
    .bind({
      primitive_name: workflow,
      primitive_type: "workflow",
      workflow_name: workflow,
      status,
    })
    .add();
}

/** Sums by their definition. */
function sumBy<T extends { readonly nanoUsd: number }>(
  entries: readonly T[],
  nameOf: (entry: T) => string,
): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const entry of entries) {
    const name = nameOf(entry);
    sums.set(name, (sums.get(name) ?? 0n) + BigInt(entry.nanoUsd));
  }
  return sums;
}

function total(entries: readonly { readonly nanoUsd: number }[]): bigint {
  return entries.reduce((sum, { nanoUsd }) => sum + BigInt(nanoUsd), 0n);
}

describe("what was spent", () => {
  test.each(["llm_provider", "llm_model_name", "workflow_name", "agent_type"] as const)(
    "is exact to the nano-dollar, in all and by %s",
    (by) => {
      fc.assert(
        fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
          const registry = createRegistry();
          for (const one of calls) spend(registry, one);
          const report = costOf(registry.snapshot(), { by });
          expect(report.spent?.nanoUsd).toBe(total(calls));
          const groups = report.groups.map(({ name, spent }) => [name, spent!.nanoUsd] as const);
          expect(new Map(groups)).toEqual(sumBy(calls, (one) => one[by]));
        }),
      );
    },
  );

  test("can be had of some labels alone", () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 40 }), word, word, (calls, provider, model) => {
        const registry = createRegistry();
        for (const one of calls) spend(registry, one);
        const { spent } = costOf(registry.snapshot(), {
          where: { llm_provider: provider, llm_model_name: [model, "z"] },
        });
        const matching = calls.filter(
          (one) => one.llm_provider === provider && one.llm_model_name === model,
        );
        expect(spent?.nanoUsd).toBe(total(matching));
      }),
    );
  });

  test("keeps digits that a number of nano-dollars would lose", () => {
    const registry = createRegistry();
    const series = registry.counter("llm.cost.usd").bind({ workflow_name: "a" });
    series.add(90_000_000);
    series.addNanoUsd(1);
    expect(costOf(registry.snapshot()).spent).toEqual(money(90_000_000_000_000_001n));
  });

  test("is nothing where nothing was recorded", () => {
    expect(costOf(createRegistry().snapshot())).toEqual({
      spent: { nanoUsd: 0n, usd: 0 },
      saved: { nanoUsd: 0n, usd: 0 },
      savedRatio: undefined,
      runs: 0,
      costPerRunUsd: undefined,
      modelCalls: 0,
      costPerModelCallUsd: undefined,
      unpricedCalls: 0,
      mechanisms: [],
      by: "workflow_name",
      groups: [],
    });
  });

  test("says how many calls it does not know the price of", () => {
    const registry = createRegistry();
    const unpriced = registry.counter("llm.unpriced_requests");
    unpriced.bind({ llm_provider: "local", llm_model_name: "own" }).add(3);
    const report = costOf(registry.snapshot(), { by: "llm_provider" });
    expect(report.unpricedCalls).toBe(3);
    expect(report.groups).toMatchObject([{ name: "local", unpricedCalls: 3 }]);
  });
});

describe("what was saved", () => {
  test("is exact to the nano-dollar, in all, by mechanism and by workflow", () => {
    fc.assert(
      fc.property(fc.array(saving, { maxLength: 60 }), (savings) => {
        const registry = createRegistry();
        const saved = registry.counter("llm.cost.savings.usd");
        for (const { nanoUsd, mechanism, workflow_name } of savings)
          saved.bind({ mechanism, workflow_name }).addNanoUsd(nanoUsd);
        const report = costOf(registry.snapshot());
        expect(report.saved?.nanoUsd).toBe(total(savings));
        expect(new Map(report.mechanisms.map((one) => [one.name, one.saved.nanoUsd]))).toEqual(
          sumBy(savings, ({ mechanism }) => mechanism),
        );
        expect(new Map(report.groups.map((one) => [one.name, one.saved!.nanoUsd]))).toEqual(
          sumBy(savings, (one) => one.workflow_name),
        );
      }),
    );
  });

  function withViews(): Registry {
    const registry = createRegistry();
    const saved = registry.counter("llm.cost.savings.usd");
    saved.bind({ mechanism: "response_cache", workflow_name: "answer" }).add(3);
    saved.bind({ mechanism: "routing", workflow_name: "answer" }).add(2);
    registry.counter("cache.cost_savings.usd").bind({ primitive_name: "search" }).add(3);
    const routed = registry.counter("router.cost_savings.usd");
    routed.bind({ primitive_name: "models", route: "fast" }).add(1.5);
    routed.bind({ primitive_name: "models", route: "balanced" }).add(0.5);
    spend(registry, {
      llm_provider: "openai",
      llm_model_name: "gpt-5-mini",
      workflow_name: "answer",
      agent_type: "",
      nanoUsd: 15_000_000_000,
    });
    return registry;
  }
  const snapshot = withViews().snapshot();
  const savedBy = (by: CostLabel): Record<string, number | undefined> =>
    Object.fromEntries(
      costOf(snapshot, { by }).groups.map(({ name, saved }) => [name, saved?.usd]),
    );

  test("is not counted twice where a cache or a router tells of it too", () => {
    expect(costOf(snapshot).saved?.usd).toBe(5);
  });

  test("is told by the cache or router, and by the route, that saved it", () => {
    expect(savedBy("primitive_name")).toEqual({ search: 3, models: 2 });
    expect(savedBy("route")).toEqual({ fast: 1.5, balanced: 0.5 });
    expect(costOf(snapshot, { where: { primitive_name: "search" } }).saved?.usd).toBe(3);
  });

  test("is put in relation to what would have been paid", () => {
    expect(costOf(snapshot).savedRatio).toBe(0.25);
  });

  test("is everything where nothing was paid", () => {
    const registry = createRegistry();
    const saved = registry.counter("llm.cost.savings.usd");
    saved.bind({ mechanism: "response_cache", workflow_name: "answer" }).add(3);
    expect(costOf(registry.snapshot()).savedRatio).toBe(1);
  });

  test("is unknown by a label that savings do not have", () => {
    expect(savedBy("llm_model_name")).toEqual({ "gpt-5-mini": undefined });
    expect(costOf(snapshot, { where: { llm_provider: "openai" } })).toMatchObject({
      saved: undefined,
      savedRatio: undefined,
      mechanisms: [],
    });
    expect(costOf(snapshot, { by: "mechanism" }).groups[0]).toMatchObject({
      name: "response_cache",
      spent: undefined,
      runs: undefined,
    });
  });
});

describe("the cost of one", () => {
  test("run is by all runs of the workflow, those that failed or cost nothing included", () => {
    const registry = createRegistry();
    run(registry, "idle");
    run(registry, "answer");
    run(registry, "answer", "error");
    const labels = { llm_provider: "p", llm_model_name: "m", agent_type: "" };
    spend(registry, { ...labels, workflow_name: "answer", nanoUsd: 3_000_000 });
    const report = costOf(registry.snapshot());
    expect(report).toMatchObject({ runs: 3, costPerRunUsd: 0.001 });
    expect(report.groups).toMatchObject([
      { name: "answer", runs: 2, costPerRunUsd: 0.0015 },
      { name: "idle", runs: 1, costPerRunUsd: 0 },
    ]);
  });

  test("run leaves the steps of a workflow out of the count", () => {
    const registry = createRegistry();
    run(registry, "answer");
    registry
      .counter("primitive.execution.count")
      .bind({
        primitive_name: "s",
        primitive_type: "step",
        workflow_name: "answer",
        status: "success",
      })
      .add(5);
    expect(costOf(registry.snapshot()).runs).toBe(1);
  });

  test("model call is by the calls of the model", () => {
    const registry = createRegistry();
    const labels = { llm_provider: "openai", llm_model_name: "gpt-5-mini" };
    registry
      .counter("llm.requests")
      .bind({ ...labels, status: "success" })
      .add(3);
    registry
      .counter("llm.requests")
      .bind({ ...labels, status: "error" })
      .add(1);
    spend(registry, { ...labels, workflow_name: "a", agent_type: "", nanoUsd: 8_000_000 });
    expect(costOf(registry.snapshot(), { by: "llm_model_name" }).groups).toMatchObject([
      { name: "gpt-5-mini", modelCalls: 4, costPerModelCallUsd: 0.002, runs: undefined },
    ]);
  });
});

describe("a wrong option of cost", () => {
  const snapshot = createRegistry().snapshot();
  test.each([
    [[], "cost: the argument is []; expected an object with options"],
    [{ by: "model" }, /^cost: by is 'model'; expected one of "workflow_name", "agent_type",/],
    [{ where: 1 }, "cost: where is 1; expected an object with options"],
    [{ where: { status: "success" } }, /^cost: where has "status"; expected one of workflow_name,/],
    [
      { where: { route: [1] } },
      "cost: where.route is [ 1 ]; expected a string or an array of strings",
    ],
  ])("%o says what is wrong", (options, message) => {
    expect(() => costOf(snapshot, options as object)).toThrow(message);
  });
});
