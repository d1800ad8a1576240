import type { MetricSnapshot, Registry, Snapshot } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costOf } from "./cost.ts";
import type { Exemplar } from "./latest-exemplar.ts";
import { mergeSnapshots } from "./merge-snapshots.ts";
import { percentilesOf } from "./percentiles.ts";
import { recordRandom } from "./record-random.fixture.ts";
import { contentOf } from "./snapshot-content.fixture.ts";

const now = (): number => 1_000;

function recorded(...parts: readonly (readonly [seed: number, count: number])[]): Snapshot {
  const registry = createRegistry({ now });
  for (const [seed, count] of parts) recordRandom(registry, seed, count);
  return registry.snapshot();
}

const part = fc.tuple(fc.nat(), fc.nat({ max: 60 }));
const parts = fc.array(part, { minLength: 1, maxLength: 4 });

describe("merged snapshots", () => {
  test("are the snapshot of one registry that recorded everything", () => {
    fc.assert(
      fc.property(parts, (all) => {
        const merged = mergeSnapshots(all.map((one) => recorded(one)));
        const single = recorded(...all);
        expect(contentOf(merged)).toEqual(contentOf(single));
        expect(percentilesOf(merged)).toEqual(percentilesOf(single));
        expect(costOf(merged)).toEqual(costOf(single));
      }),
      { numRuns: 50 },
    );
  });

  test("do not depend on the order, nor on what was merged before", () => {
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const [a, b] = [left.map((one) => recorded(one)), right.map((one) => recorded(one))];
        const together = contentOf(mergeSnapshots([...a, ...b]));
        expect(contentOf(mergeSnapshots([mergeSnapshots(b), mergeSnapshots(a)]))).toEqual(together);
      }),
      { numRuns: 30 },
    );
  });

  test("leave the snapshots that they are made of alone", () => {
    const one = recorded([1, 20]);
    const before = structuredClone(one);
    mergeSnapshots([one, one]);
    expect(one).toEqual(before);
  });

  test("list the metrics in the order of the catalogue", () => {
    const early = createRegistry();
    early.counter("primitive.execution.count").bind({ primitive_name: "a" });
    const late = createRegistry();
    late.counter("sampling.traces").bind({ decision: "kept" });
    const names = mergeSnapshots([late.snapshot(), early.snapshot()]).metrics.map(
      ({ name }) => name,
    );
    expect(names[0]).toBe("primitive.execution.count");
    expect(names.at(-1)).toBe("telemetry.series");
  });

  test("span the time of all of them", () => {
    const times = [
      [5, 20],
      [3, 10],
      [4, 30],
    ] as const;
    const merged = mergeSnapshots(times.map(([startMs, atMs]) => ({ startMs, atMs, metrics: [] })));
    expect(merged).toEqual({ startMs: 3, atMs: 30, metrics: [] });
  });
});

describe("exemplars", () => {
  const atMs = fc.constantFrom(10, 20, 30);
  const ids = fc.constantFrom("a", "b").map((digit) => ({
    traceId: digit.repeat(32),
    spanId: digit.repeat(16),
  }));
  const exemplar = fc.option(
    fc.tuple(ids, atMs).map(([id, at]) => ({ ...id, value: 1, atMs: at })),
    { nil: undefined },
  );
  const buckets = fc.tuple(exemplar, exemplar);

  function withExemplars([low, high]: readonly [
    Exemplar | undefined,
    Exemplar | undefined,
  ]): Snapshot {
    const registry = createRegistry({ now });
    registry.counter("timeout.expirations").bind({ kind: "soft" }).add();
    registry.histogram("evaluation.score").bind({ score_name: "clarity" }).record(0.5);
    const snapshot = registry.snapshot();
    const spoilt = snapshot.metrics.map((metric): MetricSnapshot => {
      if (metric.kind === "histogram")
        return {
          ...metric,
          series: metric.series.map((series) => ({
            ...series,
            exemplars: series.bucketCounts.map((_, bucket) => (bucket === 0 ? low : high)),
          })),
        };
      if (metric.kind !== "counter" || low === undefined) return metric;
      return { ...metric, series: metric.series.map((series) => ({ ...series, exemplar: low })) };
    });
    return { ...snapshot, metrics: spoilt };
  }

  const textOf = (one: Exemplar | undefined): string =>
    one === undefined ? "" : `${one.atMs} ${one.traceId}`;
  const latest = (all: readonly (Exemplar | undefined)[]): string =>
    all.map(textOf).toSorted().at(-1)!;

  test("are the latest of each counter and bucket", () => {
    fc.assert(
      fc.property(fc.array(buckets, { minLength: 1, maxLength: 4 }), (all) => {
        const { metrics } = mergeSnapshots(all.map(withExemplars));
        const scores = metrics.find((one) => one.kind === "histogram")!.series[0]!;
        const timeouts = metrics.find(({ name }) => name === "timeout.expirations")!.series[0]!;
        const [low, high] = scores.exemplars!;
        expect([textOf(low), textOf(high)]).toEqual([
          latest(all.map((one) => one[0])),
          latest(all.map((one) => one[1])),
        ]);
        expect("exemplar" in timeouts ? textOf(timeouts.exemplar) : "").toBe(textOf(low));
      }),
    );
  });

  test("are absent where nobody has any", () => {
    const { metrics } = mergeSnapshots([recorded([1, 5]), recorded([2, 5])]);
    expect(
      JSON.stringify(metrics, (_, value: unknown) => (typeof value === "bigint" ? 0 : value)),
    ).not.toContain("exemplar");
  });
});

describe("of a gauge in several processes", () => {
  function merge(...record: readonly ((registry: Registry) => void)[]): (name: string) => unknown {
    const merged = mergeSnapshots(
      record.map((one) => {
        const registry = createRegistry();
        one(registry);
        return registry.snapshot();
      }),
    );
    return (name) =>
      Object.fromEntries(
        (merged.metrics.find((metric) => metric.name === name)?.series ?? []).map((series) => [
          series.labelValues.join(),
          "value" in series ? series.value : undefined,
        ]),
      );
  }

  test("amounts add up", () => {
    const inUse = (value: number, name: string) => (registry: Registry) =>
      registry.gauge("bulkhead.in_use").bind({ primitive_name: name }).set(value);
    expect(merge(inUse(2, "a"), inUse(3, "a"), inUse(1, "b"))("bulkhead.in_use")).toEqual({
      a: 5,
      b: 1,
    });
  });

  test("the most open circuit stands", () => {
    const state = (value: number) => (registry: Registry) =>
      registry.gauge("circuit_breaker.state").bind({ primitive_name: "a" }).set(value);
    expect(merge(state(0), state(1), state(0.5))("circuit_breaker.state")).toEqual({ a: 1 });
  });

  test("the lowest compliance stands", () => {
    const compliance = (value: number) => (registry: Registry) =>
      registry.gauge("slo.compliance").bind({ slo: "a", window: "1h" }).set(value);
    expect(merge(compliance(0.99), compliance(0.5))("slo.compliance")).toEqual({ "a,1h": 0.5 });
  });

  test("a hit rate is worked out from all hits and all lookups", () => {
    const cache = (hits: number, total: number) => (registry: Registry) => {
      const labels = { primitive_name: "a", cache_type: "memory" };
      registry.counter("cache.hits").bind(labels).add(hits);
      registry.counter("cache.total").bind(labels).add(total);
      registry
        .gauge("cache.hit_rate")
        .bind({ primitive_name: "a" })
        .set(hits / total);
    };
    expect(merge(cache(1, 1), cache(0, 3))("cache.hit_rate")).toEqual({ a: 0.25 });
  });

  test("a hit rate without lookups stays the higher one", () => {
    const rate = (value: number) => (registry: Registry) =>
      registry.gauge("cache.hit_rate").bind({ primitive_name: "a" }).set(value);
    expect(merge(rate(0.5), rate(0.75))("cache.hit_rate")).toEqual({ a: 0.75 });
  });

  test("series are counted anew", () => {
    const bound = (name: string) => (registry: Registry) =>
      registry.counter("timeout.expirations").bind({ primitive_name: name, kind: "soft" });
    const series = merge(bound("a"), bound("b"), bound("a"))("telemetry.series");
    expect(series).toMatchObject({ "timeout.expirations": 2 });
  });
});

describe("mergeSnapshots refuses", () => {
  test("what is no list, and a list of nothing", () => {
    expect(() => mergeSnapshots(undefined as never)).toThrow(
      new TypeError("mergeSnapshots: snapshots is undefined; expected an array of snapshots"),
    );
    expect(() => mergeSnapshots([])).toThrow(
      new RangeError("mergeSnapshots: snapshots is []; expected at least one snapshot"),
    );
  });

  test("metrics of one name that are not the same", () => {
    const one = recorded([1, 1]);
    const other: Snapshot = {
      ...one,
      metrics: one.metrics.map((metric): MetricSnapshot =>
        metric.kind === "histogram" ? { ...metric, bounds: [1, 2] } : metric,
      ),
    };
    expect(() => mergeSnapshots([one, other])).toThrow(
      /^mergeSnapshots: primitive\.execution\.duration has other labels, bounds or kinds/,
    );
  });
});
