import type { Registry } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentilesOf } from "./percentiles.ts";

const PERCENTS = [0.1, 1, 25, 50, 90, 95, 99, 99.9, 100] as const;

/** Several shapes of traffic, from one uniform number each. */
const DISTRIBUTIONS: Readonly<Record<string, (uniform: number) => number>> = {
  uniform: (u) => u,
  exponential: (u) => -0.05 * Math.log(1 - u),
  "log-normal": (u) => Math.exp(3 * Math.SQRT2 * (2 * u - 1)),
  "heavy-tailed": (u) => 0.001 / (1 - u) ** 2,
  bimodal: (u) => (u < 0.7 ? 0.002 + u / 1000 : 3 + u),
  constant: () => 0.25,
  "with zeros": (u) => (u < 0.3 ? 0 : u),
};

/** The smallest value that so many per cent do not exceed. In tenths of a per cent, which are exact. */
function exactPercentile(values: readonly number[], percent: number): number | undefined {
  const rank = Math.ceil((Math.round(percent * 10) * values.length) / 1000);
  return values.toSorted((one, other) => one - other)[rank - 1];
}

/** Numbers from 0 to 1, the same for the same seed (Lehmer's generator). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function record(registry: Registry, name: string, seconds: number, status = "success"): void {
  registry
    .histogram("primitive.execution.duration")
    .bind({
      primitive_name: name,
      primitive_type: "step",
      workflow_name: `flow-${name}`,
      status: status as "success",
    })
    .record(seconds);
}

describe("percentiles of", () => {
  test.each(Object.entries(DISTRIBUTIONS))(
    "%s values are within the stated error of the exact ones, in each group and in all",
    (_name, valueOf) => {
      // Steps of 2^-18, so that no value lies outside the range for which the error is stated.
      const uniform = fc.integer({ min: 0, max: 2 ** 18 - 1 }).map((step) => step / 2 ** 18);
      const execution = fc.tuple(
        uniform,
        fc.constantFrom("a", "b", "c"),
        fc.constantFrom("success", "error", "timeout"),
      );
      fc.assert(
        fc.property(fc.array(execution, { maxLength: 400, size: "max" }), (executions) => {
          const registry = createRegistry();
          const recorded = executions.map(([u, name, status]) => {
            const seconds = valueOf(u);
            record(registry, name, seconds, status);
            return { name, seconds };
          });
          const report = percentilesOf(registry.snapshot(), { at: PERCENTS });
          const parts = [
            [report.all, recorded] as const,
            ...report.groups.map(
              (group) => [group, recorded.filter(({ name }) => name === group.name)] as const,
            ),
          ];
          expect(report.relativeError).toBeLessThanOrEqual(0.011);
          expect(report.groups.map(({ name }) => name)).toEqual(
            [...new Set(recorded.map(({ name }) => name))].toSorted(),
          );
          for (const [distribution, part] of parts) {
            const values = part.map(({ seconds }) => seconds);
            expect(distribution.count).toBe(values.length);
            for (const percent of PERCENTS) {
              const exact = exactPercentile(values, percent);
              const estimate = distribution[`p${percent}`];
              if (exact === undefined) expect(estimate).toBeUndefined();
              else
                expect(Math.abs(estimate! - exact)).toBeLessThanOrEqual(
                  // Rounding of the edges and of the division.
                  exact * (report.relativeError + 1e-12),
                );
            }
          }
        }),
        { numRuns: 40 },
      );
    },
  );

  test("many values are within the stated error also where one in a thousand is looked for", () => {
    const registry = createRegistry();
    const random = sequence(7);
    const values = Array.from({ length: 30_000 }, () => DISTRIBUTIONS["exponential"]!(random()));
    for (const [index, seconds] of values.entries()) record(registry, `p${index % 7}`, seconds);
    const { all, relativeError } = percentilesOf(registry.snapshot());
    for (const percent of [50, 90, 95, 99, 99.9] as const) {
      const exact = exactPercentile(values, percent)!;
      expect(Math.abs(all[`p${percent}`]! - exact) / exact).toBeLessThanOrEqual(relativeError);
    }
  });

  test("nothing are undefined, not 0", () => {
    expect(percentilesOf(createRegistry().snapshot())).toEqual({
      metric: "primitive.execution.duration",
      unit: "s",
      relativeError: expect.closeTo(0.0108, 4) as number,
      by: "primitive_name",
      all: {
        count: 0,
        mean: undefined,
        min: undefined,
        max: undefined,
        p50: undefined,
        p90: undefined,
        p95: undefined,
        p99: undefined,
        "p99.9": undefined,
      },
      groups: [],
    });
  });

  test("a workflow that never ran are undefined", () => {
    const registry = createRegistry();
    registry.histogram("primitive.execution.duration").bind({
      primitive_name: "idle",
      primitive_type: "workflow",
      workflow_name: "idle",
      status: "success",
    });
    expect(percentilesOf(registry.snapshot(), { of: "workflow", at: [95] }).groups).toEqual([
      { name: "idle", count: 0, mean: undefined, min: undefined, max: undefined, p95: undefined },
    ]);
  });

  test("values beyond the stated range lie between the smallest and the largest", () => {
    const registry = createRegistry();
    for (const seconds of [1e-15, 2e-15, 3e-15, 1e12, 2e12, 3e12]) record(registry, "a", seconds);
    const { all } = percentilesOf(registry.snapshot(), { at: [20, 80] });
    expect(all.p20).toBeGreaterThanOrEqual(1e-15);
    expect(all.p20).toBeLessThanOrEqual(1e-9);
    expect(all.p80).toBeGreaterThanOrEqual(2 ** 29);
    expect(all.p80).toBeLessThanOrEqual(3e12);
  });

  test("extremes and the mean are exact", () => {
    const registry = createRegistry();
    for (const seconds of [0.25, 1, 4.75]) record(registry, "a", seconds);
    const { all } = percentilesOf(registry.snapshot(), { at: [100] });
    expect(all).toEqual({ count: 3, mean: 2, min: 0.25, max: 4.75, p100: 4.75 });
  });
});

describe("percentiles are taken", () => {
  function mixed(): Registry {
    const registry = createRegistry();
    const durations = registry.histogram("primitive.execution.duration");
    const flow = { primitive_name: "answer", workflow_name: "answer" } as const;
    durations.bind({ ...flow, primitive_type: "workflow", status: "success" }).record(8);
    durations.bind({ ...flow, primitive_type: "workflow", status: "error" }).record(2);
    durations
      .bind({
        primitive_name: "draft",
        primitive_type: "llm",
        workflow_name: "answer",
        status: "success",
      })
      .record(0.5);
    registry
      .histogram("llm.request.duration")
      .bind({ llm_provider: "openai", llm_model_name: "gpt-5-mini", status: "success" })
      .record(0.5);
    registry.histogram("evaluation.score").bind({ score_name: "clarity" }).record(0.75);
    return registry;
  }
  const snapshot = mixed().snapshot();
  const countsIn = (options: Parameters<typeof percentilesOf>[1]): Record<string, number> =>
    Object.fromEntries(
      percentilesOf(snapshot, options).groups.map(({ name, count }) => [name, count]),
    );

  test("by primitive where nothing is said", () => {
    expect(countsIn({})).toEqual({ answer: 2, draft: 1 });
  });

  test("of a workflow from its own runs, not from the steps in it", () => {
    expect(countsIn({ of: "workflow" })).toEqual({ answer: 2 });
  });

  test("of a model from its calls", () => {
    expect(countsIn({ of: "model" })).toEqual({ "gpt-5-mini": 1 });
  });

  test("of any histogram, by its first label or by another", () => {
    expect(countsIn({ of: "evaluation.score" })).toEqual({ clarity: 1 });
    expect(countsIn({ of: "llm.request.duration", by: "status" })).toEqual({ success: 1 });
    expect(percentilesOf(snapshot, { of: "evaluation.score" }).unit).toBe("1");
  });

  test("of one name, or of some", () => {
    expect(countsIn({ name: "draft" })).toEqual({ draft: 1 });
    expect(countsIn({ name: ["draft", "answer", "nobody"] })).toEqual({ answer: 2, draft: 1 });
    expect(percentilesOf(snapshot, { name: "nobody" }).all.p95).toBeUndefined();
  });

  test("of everything by a label that is given without a value", () => {
    expect(countsIn({ where: { status: undefined } })).toEqual({ answer: 2, draft: 1 });
  });

  test("of a status alone", () => {
    expect(percentilesOf(snapshot, { of: "workflow", where: { status: "error" } }).all.p50).toBe(2);
    expect(countsIn({ where: { status: ["success", "error"], workflow_name: "answer" } })).toEqual({
      answer: 2,
      draft: 1,
    });
  });
});

describe("a wrong option of percentiles", () => {
  const snapshot = createRegistry().snapshot();
  test.each([
    [null, "percentiles: the argument is null; expected an object with options"],
    [
      { of: "step" },
      /^percentiles: of is 'step'; expected one of "primitive", "workflow", "model"/,
    ],
    [{ of: "cache.hits" }, /^percentiles: of is 'cache.hits'; expected one of/],
    [{ by: "route" }, /^percentiles: by is 'route'; expected one of "primitive_name"/],
    [{ name: 3 }, "percentiles: name is 3; expected a string or an array of strings"],
    [{ where: "x" }, "percentiles: where is 'x'; expected an object with options"],
    [{ where: { route: "a" } }, /^percentiles: where has "route"; expected one of primitive_name,/],
    [
      { where: { status: 1 } },
      "percentiles: where.status is 1; expected a string or an array of strings",
    ],
    [{ at: 95 }, "percentiles: at is 95; expected an array of numbers"],
    [{ at: ["p95"] }, "percentiles: at[0] is 'p95'; expected a number above 0 and at most 100"],
    [{ at: [50, 101] }, "percentiles: at[1] is 101; expected a number above 0 and at most 100"],
    [{ at: [Number.NaN] }, "percentiles: at[0] is NaN; expected a number above 0 and at most 100"],
  ])("%o says what is wrong", (options, message) => {
    expect(() => percentilesOf(snapshot, options as object)).toThrow(message);
  });
});
