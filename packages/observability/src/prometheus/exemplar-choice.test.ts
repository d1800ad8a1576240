import type { HistogramSeries, NumberSeries } from "@tta-dev/primitives";
import { describe, expect, test } from "vitest";
import { allExemplars, keptExemplars, noExemplars } from "./exemplar-choice.ts";
import type { Exemplar } from "./family.ts";

const exemplar = (id: number): Exemplar => ({
  traceId: id.toString(16).padStart(32, "0"),
  spanId: id.toString(16).padStart(16, "0"),
  value: id,
  atMs: id,
});
const one = (labelValues: readonly string[], of: Exemplar | undefined): NumberSeries => ({
  labelValues,
  value: 1,
  ...(of && { exemplar: of }),
});
const many = (
  labelValues: readonly string[],
  of: readonly (Exemplar | undefined)[] | undefined,
): HistogramSeries => ({ labelValues, ...(of && { exemplars: of }) }) as HistogramSeries;
const keptOf = (kept: ReadonlySet<number>) =>
  keptExemplars((traceId) => kept.has(Number.parseInt(traceId, 16)));

describe("without tail sampling", () => {
  test("every exemplar is shown", () => {
    expect(allExemplars.ofNumber(one([], exemplar(1)))).toEqual(exemplar(1));
    expect(allExemplars.ofNumber(one([], undefined))).toBeUndefined();
    expect(allExemplars.ofHistogram(many([], [undefined, exemplar(2)]))).toEqual([
      undefined,
      exemplar(2),
    ]);
    expect(allExemplars.ofHistogram(many([], undefined))).toBeUndefined();
  });

  test.each(["", "xyz", '"} 1', "0".repeat(32)])("none whose trace id is %j is", (traceId) => {
    const odd = { ...exemplar(1), traceId };
    expect(allExemplars.ofNumber(one([], odd))).toBeUndefined();
    expect(allExemplars.ofHistogram(many([], [odd, { ...exemplar(1), spanId: "x" }]))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("the text format shows none", () => {
    expect(noExemplars.ofNumber(one([], exemplar(1)))).toBeUndefined();
    expect(noExemplars.ofHistogram(many([], [exemplar(1)]))).toBeUndefined();
  });
});

describe("under tail sampling", () => {
  test("exemplars of kept traces are shown, each bucket on its own", () => {
    const choice = keptOf(new Set([1, 3]));
    expect(choice.ofNumber(one(["a"], exemplar(1)))).toEqual(exemplar(1));
    expect(choice.ofNumber(one(["b"], exemplar(2)))).toBeUndefined();
    expect(choice.ofNumber(one(["c"], undefined))).toBeUndefined();
    expect(choice.ofHistogram(many(["a"], [exemplar(3), exemplar(4), undefined]))).toEqual([
      exemplar(3),
      undefined,
      undefined,
    ]);
    expect(choice.ofHistogram(many(["b"], undefined))).toBeUndefined();
  });

  test("one whose trace was undecided is shown by a later scrape, until a newer one is kept", () => {
    const kept = new Set<number>();
    const choice = keptOf(kept);
    const series = ["validate"];
    expect(choice.ofNumber(one(series, exemplar(1)))).toBeUndefined();
    kept.add(1);
    expect(choice.ofNumber(one(series, exemplar(2)))).toEqual(exemplar(1));
    expect(choice.ofNumber(one(series, exemplar(3)))).toEqual(exemplar(1));
    kept.add(2);
    expect(choice.ofNumber(one(series, exemplar(4)))).toEqual(exemplar(2));
    kept.add(4);
    expect(choice.ofNumber(one(series, exemplar(4)))).toEqual(exemplar(4));
  });

  test("only a few are remembered", () => {
    const kept = new Set<number>();
    const choice = keptOf(kept);
    const series = ["busy"];
    for (let id = 1; id <= 1000; id++) choice.ofNumber(one(series, exemplar(id)));
    for (let id = 1; id <= 1000; id++) kept.add(id);
    kept.delete(1000);
    expect(choice.ofNumber(one(series, exemplar(1000)))).toEqual(exemplar(999));
    for (const id of [999, 998, 997]) kept.delete(id);
    expect(choice.ofNumber(one(series, exemplar(1000)))).toBeUndefined();
  });

  test("an answer that throws means no", () => {
    const choice = keptExemplars(() => {
      throw new Error("sampler broke");
    });
    expect(choice.ofNumber(one([], exemplar(1)))).toBeUndefined();
  });
});
