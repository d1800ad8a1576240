import { describe, expect, test, vi } from "vitest";
import { metricDescriptors } from "../catalog/descriptor.ts";
import type { Drop } from "./drop.ts";
import { labelReader } from "./label-reader.ts";
import type { ObservedGauge } from "./observed-gauge.ts";
import { createObservedGauge } from "./observed-gauge.ts";

function observedGauge(drop: Drop, seriesLimit = 1000): ObservedGauge {
  const metric = metricDescriptors.get("cache.entries");
  if (metric === undefined) throw new Error("cache.entries");
  return createObservedGauge({ seriesLimit, readLabels: labelReader(metric), drop });
}

const docs = { labels: { primitive_name: "docs" }, value: 3 };
const users = { labels: { primitive_name: "users" }, value: 5 };

describe("an observed gauge", () => {
  test("gives what was set, and after it what its callbacks say at this moment", () => {
    const gauge = observedGauge(vi.fn());
    let entries = 1;
    gauge.observe(() => [{ ...docs, value: entries }]);
    entries = 2;
    expect(gauge.collect([{ labelValues: ["own"], value: 7 }])).toEqual([
      { labelValues: ["own"], value: 7 },
      { labelValues: ["docs"], value: 2 },
    ]);
  });

  test("forgets a callback that is taken away, once or twice", () => {
    const gauge = observedGauge(vi.fn());
    const read = (): (typeof docs)[] => [docs];
    const stop = gauge.observe(read);
    gauge.observe(read);
    stop();
    stop();
    expect(gauge.collect([])).toEqual([{ labelValues: ["docs"], value: 3 }]);
  });

  test("loses only the values of a callback that throws, and counts it", () => {
    const drop = vi.fn();
    const gauge = observedGauge(drop);
    gauge.observe(function* () {
      yield docs;
      throw new Error("broken");
    });
    gauge.observe(() => [users]);
    expect(gauge.collect([])).toEqual([{ labelValues: ["users"], value: 5 }]);
    expect(drop.mock.calls).toEqual([["callback_error"]]);
  });

  test("treats a label that the metric does not have as a broken callback", () => {
    const drop = vi.fn();
    const gauge = observedGauge(drop);
    gauge.observe(() => [{ labels: { junk: "x" }, value: 1 }]);
    expect(gauge.collect([])).toEqual([]);
    expect(drop.mock.calls).toEqual([["callback_error"]]);
  });

  test("leaves out a value that is not finite", () => {
    const drop = vi.fn();
    const gauge = observedGauge(drop);
    gauge.observe(() => [{ ...docs, value: NaN }, users]);
    expect(gauge.collect([])).toEqual([{ labelValues: ["users"], value: 5 }]);
    expect(drop.mock.calls).toEqual([["not_finite"]]);
  });

  test("gives a series once, with the last value, and counts the other", () => {
    const drop = vi.fn();
    const gauge = observedGauge(drop);
    gauge.observe(() => [docs, { ...docs, value: 4 }]);
    expect(gauge.collect([])).toEqual([{ labelValues: ["docs"], value: 4 }]);
    expect(drop.mock.calls).toEqual([["duplicate_series"]]);
  });

  test("gives no more series than the limit", () => {
    const drop = vi.fn();
    const gauge = observedGauge(drop, 2);
    gauge.observe(() => [docs, users, { ...docs, value: 9 }]);
    expect(gauge.collect([{ labelValues: ["own"], value: 7 }])).toEqual([
      { labelValues: ["own"], value: 7 },
      { labelValues: ["docs"], value: 9 },
    ]);
    expect(drop.mock.calls).toEqual([["series_limit"], ["duplicate_series"]]);
  });
});
