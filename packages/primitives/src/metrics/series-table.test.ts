import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { MetricName } from "../catalog/metrics.ts";
import { metricDescriptors } from "../catalog/descriptor.ts";
import type { SeriesTable, SeriesTableOptions } from "./series-table.ts";
import { createSeriesTable } from "./series-table.ts";

interface Cell {
  sum: number;
}

function tableOf(
  name: MetricName,
  options: Partial<SeriesTableOptions<Cell>> = {},
): SeriesTable<Cell> {
  const metric = metricDescriptors.get(name);
  if (metric === undefined) throw new Error(name);
  const defaults = { seriesLimit: 1000, valueBudget: 200, onFold: () => undefined };
  return createSeriesTable<Cell>({ metric, create: () => ({ sum: 0 }), ...defaults, ...options });
}

function total(table: SeriesTable<Cell>): number {
  return table.rows.reduce((sum, row) => sum + row.series.sum, 0);
}

function valuesOf(table: SeriesTable<Cell>): string[] {
  return table.rows.map((row) => row.labelValues.join("|"));
}

describe("labels", () => {
  test("are kept in the catalogue's order, whatever order they come in", () => {
    const table = tableOf("retry.attempts");
    const series = table.bind({ reason: "timeout", primitive_name: "search" });
    expect(table.bind({ primitive_name: "search", reason: "timeout" })).toBe(series);
    expect(valuesOf(table)).toEqual(["search|timeout"]);
  });

  test("are absent where they are missing, undefined, null or empty", () => {
    const table = tableOf("retry.attempts");
    const series = table.bind({ primitive_name: "search" });
    expect(table.bind({ primitive_name: "search", reason: undefined })).toBe(series);
    expect(table.bind({ primitive_name: "search", reason: null })).toBe(series);
    expect(table.bind({ primitive_name: "search", reason: "" })).toBe(series);
    expect(valuesOf(table)).toEqual(["search|"]);
  });

  test("of untyped callers become text", () => {
    const table = tableOf("retry.attempts");
    expect(table.bind({ reason: 429 })).toBe(table.bind({ reason: "429" }));
    expect(table.bind({ reason: true })).toBe(table.bind({ reason: "true" }));
    expect(table.bind({ reason: Symbol("x") })).toBe(table.bind({}));
  });

  test("that a metric does not have are an error which names those it has", () => {
    expect(() => tableOf("retry.attempts").bind({ primitive: "search" })).toThrow(
      new TypeError(
        'retry.attempts has no label "primitive", expected one of: primitive_name, reason',
      ),
    );
  });

  test("cannot imitate those of another series", () => {
    const table = tableOf("retry.attempts");
    const values = ["", "a", "a|", "|a", "a\0", "\0a", "\0"];
    for (const name of values) {
      for (const reason of values) table.bind({ primitive_name: name, reason });
    }
    expect(table.rows.length).toBe(values.length ** 2);
  });
});

describe("the value budget", () => {
  test("folds further values of that label alone, and says so each time", () => {
    const onFold = vi.fn();
    const table = tableOf("retry.attempts", { valueBudget: 2, onFold });
    for (const reason of ["a", "b", "c", "d", "a"])
      table.bind({ primitive_name: "search", reason });
    expect(valuesOf(table)).toEqual(["search|a", "search|b", "search|__other__"]);
    expect(onFold.mock.calls).toEqual([["reason"], ["reason"]]);
  });

  test("does not count an absent label or __other__ as a value", () => {
    const onFold = vi.fn();
    const table = tableOf("retry.attempts", { valueBudget: 1, onFold });
    for (const reason of ["", "__other__", "a"]) table.bind({ reason });
    expect(valuesOf(table)).toEqual(["|", "|__other__", "|a"]);
    expect(onFold).not.toHaveBeenCalled();
  });

  test("never folds the values of a closed label", () => {
    const table = tableOf("budget.refusals", { valueBudget: 1 });
    for (const kind of ["money", "tokens", "requests", "retries", "hedges"]) table.bind({ kind });
    expect(valuesOf(table)).toEqual(["|money", "|tokens", "|requests", "|retries", "|hedges"]);
  });

  test("folds what is no value of a closed label", () => {
    const onFold = vi.fn();
    const table = tableOf("budget.refusals", { onFold });
    table.bind({ kind: "junk" });
    expect(valuesOf(table)).toEqual(["|__other__"]);
    expect(onFold.mock.calls).toEqual([["kind"]]);
  });

  test("keeps built-in primitive types beside those of definePrimitive, which it counts", () => {
    const table = tableOf("primitive.execution.active", { valueBudget: 1 });
    for (const type of ["mine", "yours", "retry", "llm"]) table.bind({ primitive_type: type });
    expect(valuesOf(table)).toEqual(["|mine", "|__other__", "|retry", "|llm"]);
  });

  test("folds a value that is a document rather than a name", () => {
    const table = tableOf("retry.attempts");
    table.bind({ reason: "x".repeat(1024) });
    table.bind({ reason: "x".repeat(1025) });
    expect(table.rows.map((row) => row.labelValues[1]?.length)).toEqual([1024, "__other__".length]);
  });
});

describe("the series limit", () => {
  test("leaves 100 of 1,000 series to folded rows", () => {
    const table = tableOf("retry.attempts", { valueBudget: 5000 });
    for (let name = 0; name < 5000; name++) table.bind({ primitive_name: `p${name}`, reason: "r" });
    const unfolded = table.rows.filter((row) => !row.labelValues.includes("__other__"));
    expect(unfolded.length).toBe(900);
    expect(table.rows.length).toBeLessThanOrEqual(1000);
  });

  test("folds the last label first, as long as there is room", () => {
    const table = tableOf("retry.attempts", { valueBudget: 5000 });
    for (let name = 0; name < 1000; name++) table.bind({ primitive_name: `p${name}`, reason: "r" });
    expect(valuesOf(table).slice(898, 902)).toEqual([
      "p898|r",
      "p899|r",
      "p900|__other__",
      "p901|__other__",
    ]);
    expect(valuesOf(table).at(-1)).toBe("__other__|__other__");
  });

  test("keeps back a row for each combination of closed values if these are more than 100", () => {
    const table = tableOf("primitive.execution.count", { valueBudget: 5000 });
    for (let name = 0; name < 2000; name++) {
      table.bind({ primitive_name: `p${name}`, primitive_type: "step", status: "success" });
    }
    const types = metricDescriptors.get("primitive.execution.count")?.labels[1]?.known ?? [];
    for (const primitive_type of [...types, "mine", ""]) {
      for (const status of ["success", "error", "cancelled", "timeout", "rejected", ""]) {
        table.bind({ primitive_name: "late", primitive_type, status });
      }
    }
    const late = new Set(valuesOf(table).slice(832));
    expect(late).toContain("__other__|retry|__other__|__other__|timeout|__other__");
    expect(late).toContain("__other__|__other__|__other__|__other__|rejected|__other__");
    expect(late).toContain("__other__||__other__|__other__||__other__");
    expect(table.rows.length).toBeLessThanOrEqual(1000);
  });

  test("reports each label that lost its value, and no label that had none", () => {
    const onFold = vi.fn();
    const table = tableOf("fallback.activations", { seriesLimit: 2, onFold });
    table.bind({ primitive_name: "a" });
    table.bind({ primitive_name: "b", reason: "r" });
    expect(valuesOf(table)).toEqual(["a||", "__other__|__other__|__other__"]);
    expect(onFold.mock.calls).toEqual([["primitive_name"], ["reason"]]);
  });

  test("turns new series away instead where labels do not fold", () => {
    const inert = { sum: 0 };
    const refuse = vi.fn(() => inert);
    const table = tableOf("anomaly.score", { seriesLimit: 3, valueBudget: 1, refuse });
    const bound = ["a", "b", "c", "d", "e", "a"].map((signal) => table.bind({ signal }));
    expect(valuesOf(table)).toEqual(["a|", "b|", "c|"]);
    expect([bound[3], bound[4]]).toEqual([inert, inert]);
    expect(bound[5]).toBe(bound[0]);
    expect(refuse).toHaveBeenCalledTimes(2);
  });
});

describe("whatever is bound", () => {
  const few = fc.constantFrom("", "a", "b", "c", "__other__");
  const open = fc.oneof(few, fc.string());
  const labels = fc.record({
    primitive_name: open,
    primitive_type: fc.oneof(fc.constantFrom("", "retry", "step", "llm"), open),
    workflow_name: open,
    agent_type: open,
    status: fc.constantFrom("", "success", "error", "timeout", "junk"),
    error_type: open,
  });
  const options = fc.record({
    seriesLimit: fc.integer({ min: 1, max: 300 }),
    valueBudget: fc.integer({ min: 1, max: 20 }),
  });

  test("sums stay exact, limits hold, and equal labels give the same series", () => {
    fc.assert(
      fc.property(fc.array(labels, { maxLength: 300 }), options, (sets, limits) => {
        const table = tableOf("primitive.execution.count", limits);
        const bound = sets.map((set, position) => {
          const series = table.bind(set);
          series.sum += position;
          return series;
        });
        expect(total(table)).toBe(sets.reduce((sum, _set, position) => sum + position, 0));
        // 24 types (22 built in, absent, __other__) by 7 states (5, absent, __other__) always have their rows.
        expect(table.rows.length).toBeLessThanOrEqual(Math.max(limits.seriesLimit, 24 * 7));
        expect(new Set(valuesOf(table)).size).toBe(table.rows.length);
        expect(sets.map((set) => table.bind(set))).toEqual(bound);
        sets.forEach((set, position) => expect(table.bind(set)).toBe(bound[position]));
      }),
      { numRuns: 60 },
    );
  });

  test("built-in types and states are never folded", () => {
    fc.assert(
      fc.property(fc.array(labels, { maxLength: 300 }), options, (sets, limits) => {
        const table = tableOf("primitive.execution.count", limits);
        for (const set of sets) table.bind(set).sum++;
        for (const type of ["retry", "step", "llm"]) {
          const recorded = sets.filter(
            (set) => set.primitive_type === type && set.status === "error",
          ).length;
          const kept = table.rows
            .filter((row) => row.labelValues[1] === type && row.labelValues[4] === "error")
            .reduce((sum, row) => sum + row.series.sum, 0);
          expect(kept).toBe(recorded);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("100,000 junk values", () => {
  const count = 100_000;

  test.each<[string, (n: number) => Record<string, string>]>([
    ["in one label", (n) => ({ primitive_name: `junk-${n}` })],
    ["in the label of types", (n) => ({ primitive_type: `junk-${n}` })],
    ["in a closed label", (n) => ({ status: `junk-${n}` })],
    ["in two labels", (n) => ({ primitive_name: `junk-${n}`, error_type: `junk-${n}` })],
    [
      "in every label, in step",
      (n) => ({
        primitive_name: `junk-${n}`,
        primitive_type: `junk-${n}`,
        workflow_name: `junk-${n}`,
        agent_type: `junk-${n}`,
        status: `junk-${n}`,
        error_type: `junk-${n}`,
      }),
    ],
    [
      "mixed from few values a label",
      (n) => ({
        primitive_name: `p-${n % 150}`,
        workflow_name: `w-${n % 97}`,
        agent_type: `a-${n % 31}`,
        error_type: `e-${n % 199}`,
      }),
    ],
  ])("%s leave at most 1,000 series and exact sums", (_where, junk) => {
    const table = tableOf("primitive.execution.count");
    const own = { primitive_name: "search", primitive_type: "retry", status: "success" };
    for (let n = 0; n < count; n++) table.bind({ ...own, ...junk(n) }).sum += n;
    expect(table.rows.length).toBeLessThanOrEqual(1000);
    expect(total(table)).toBe((count * (count - 1)) / 2);
  });
});
