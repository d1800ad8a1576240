import type { HistogramSeries, NumberSeries, Registry, Snapshot } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordings } from "../testing/random-recording.fixture.ts";
import type { Delta } from "./delta.ts";
import { createDelta } from "./delta.ts";

const labels = { primitive_name: "search" };

function seriesOf({ metrics }: Pick<Delta, "metrics">, name: string): readonly unknown[] {
  return metrics.find((metric) => metric.name === name)?.series ?? [];
}

describe("a delta of a counter", () => {
  test("is what was added since the one before", () => {
    const registry = createRegistry();
    const outcomes = registry.counter("retry.attempts").bind(labels);
    const take = createDelta();
    outcomes.add(3);
    expect(seriesOf(take(registry), "retry.attempts")).toMatchObject([{ value: 3 }]);
    outcomes.add(2);
    expect(seriesOf(take(registry), "retry.attempts")).toMatchObject([{ value: 2 }]);
  });

  test("leaves out what has not changed, but not what is new at 0", () => {
    const registry = createRegistry();
    registry.counter("retry.attempts").bind(labels);
    const take = createDelta();
    expect(seriesOf(take(registry), "retry.attempts")).toMatchObject([{ value: 0 }]);
    expect(seriesOf(take(registry), "retry.attempts")).toEqual([]);
  });

  test("of money is taken in nano-dollars", () => {
    const registry = createRegistry();
    const cost = registry.counter("llm.cost.usd").bind({});
    const take = createDelta();
    cost.add(9_000_000);
    take(registry);
    cost.addNanoUsd(1);
    expect(seriesOf(take(registry), "llm.cost.usd")).toMatchObject([{ nanoUsd: 1n, value: 1e-9 }]);
  });

  test("begins anew where a number has fallen", () => {
    const registry = createRegistry();
    const attempts = registry.counter("retry.attempts").bind(labels);
    const take = createDelta();
    attempts.add(10);
    take(registry);
    attempts.value = 4;
    expect(seriesOf(take(registry), "retry.attempts")).toMatchObject([{ value: 4 }]);
  });
});

describe("a delta of a histogram", () => {
  test("has the smallest and the largest value only where it is all there was", () => {
    const registry = createRegistry();
    const wait = registry.histogram("wait.duration").bind(labels);
    const take = createDelta();
    wait.record(2);
    expect(seriesOf(take(registry), "wait.duration")).toMatchObject([{ min: 2, max: 2, count: 1 }]);
    wait.record(8);
    expect(seriesOf(take(registry), "wait.duration")).toMatchObject([
      { min: undefined, max: undefined, count: 1, sum: 8 },
    ]);
  });

  test("has them, too, where the series was empty before", () => {
    const registry = createRegistry();
    const wait = registry.histogram("wait.duration").bind(labels);
    const take = createDelta();
    take(registry);
    wait.record(2);
    expect(seriesOf(take(registry), "wait.duration")).toMatchObject([{ min: 2, max: 2 }]);
  });

  test("counts in the right buckets of its sketch where smaller values came later", () => {
    const registry = createRegistry();
    const wait = registry.histogram("wait.duration").bind(labels);
    const take = createDelta();
    wait.record(2);
    take(registry);
    wait.record(1);
    wait.record(2);
    const [series] = seriesOf(take(registry), "wait.duration") as HistogramSeries[];
    expect(series?.sketch).toEqual({
      scale: 5,
      offset: -1,
      counts: [1, ...Array<number>(31).fill(0), 1],
    });
  });

  test("has no empty buckets at the ends of its sketch", () => {
    const registry = createRegistry();
    const wait = registry.histogram("wait.duration").bind(labels);
    const take = createDelta();
    for (const seconds of [0.5, 1, 2]) wait.record(seconds);
    take(registry);
    wait.record(1);
    wait.record(0);
    const [series] = seriesOf(take(registry), "wait.duration") as HistogramSeries[];
    expect(series).toMatchObject({ zeroCount: 1, sketch: { scale: 5, offset: -1, counts: [1] } });
    wait.record(0);
    const [zero] = seriesOf(take(registry), "wait.duration") as HistogramSeries[];
    expect(zero).toMatchObject({ count: 1, zeroCount: 1, sketch: { counts: [] } });
  });
});

test("what may fall and what is a state stays as it is", () => {
  const registry = createRegistry();
  registry.upDown("agent.workflows.active").bind({}).add(2);
  registry.gauge("cache.entries").bind({}).set(7);
  const take = createDelta();
  for (let round = 0; round < 2; round++) {
    const delta = take(registry);
    expect(seriesOf(delta, "agent.workflows.active")).toMatchObject([{ value: 2 }]);
    expect(seriesOf(delta, "cache.entries")).toMatchObject([{ value: 7 }]);
  }
});

describe("the times of deltas", () => {
  test("follow each other without gap or overlap, whatever the clock does", () => {
    let clockMs = 1000;
    const registry = createRegistry({ now: () => clockMs });
    const take = createDelta();
    const periods = [5000, 5000, 2000, 9000].map((nowMs) => {
      clockMs = nowMs;
      const { startMs, endMs } = take(registry);
      return { startMs, endMs };
    });
    expect(periods[0]).toEqual({ startMs: 1000, endMs: 5000 });
    for (const [index, { startMs, endMs }] of periods.entries()) {
      expect(endMs).toBeGreaterThan(startMs);
      if (index > 0) expect(startMs).toBe(periods[index - 1]?.endMs);
    }
    expect(periods[3]?.endMs).toBe(9000);
  });

  test("begin where counting began for a registry that replaced another", () => {
    let clockMs = 1000;
    const take = createDelta();
    take(createRegistry({ now: () => clockMs }));
    clockMs = 7000;
    const later = createRegistry({ now: () => clockMs });
    clockMs = 8000;
    expect(take(later)).toMatchObject({ startMs: 7000, endMs: 8000 });
  });

  test("do not overlap where another registry began before the last delta ended", () => {
    let clockMs = 1000;
    const take = createDelta();
    const later = createRegistry({ now: () => clockMs });
    clockMs = 5000;
    take(createRegistry({ now: () => clockMs }));
    const { endMs } = take(createRegistry({ now: () => clockMs }));
    clockMs = 8000;
    expect(take(later)).toMatchObject({ startMs: endMs, endMs: 8000 });
  });
});

/** What a backend has that adds deltas up. */
function addUp(totals: Map<string, number>, { metrics }: Delta): void {
  const add = (key: string, amount: number): void => {
    totals.set(key, (totals.get(key) ?? 0) + amount);
  };
  for (const metric of metrics) {
    for (const series of metric.series) {
      const key = `${metric.name} ${JSON.stringify(series.labelValues)}`;
      if ("count" in series) {
        add(`${key} count`, series.count);
        add(`${key} sum`, series.sum);
        add(`${key} zero`, series.zeroCount);
        series.bucketCounts.forEach((count, bucket) => add(`${key} bucket ${bucket}`, count));
        const { offset, counts } = series.sketch;
        counts.forEach((count, slot) => {
          if (count > 0) add(`${key} sketch ${offset + slot}`, count);
        });
      } else if (series.nanoUsd !== undefined) add(`${key} nano`, Number(series.nanoUsd));
      else if (metric.kind === "counter") add(key, series.value);
    }
  }
}

/** The same of a snapshot that holds everything. */
function totalsOf(...snapshots: readonly Snapshot[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const snapshot of snapshots) addUp(totals, { ...snapshot, endMs: snapshot.atMs });
  return totals;
}

test("the sum of all deltas is the total, also over registries that replace each other", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ recorded: recordings, replaced: fc.boolean() }), { maxLength: 6 }),
      (rounds) => {
        let registry: Registry = createRegistry();
        const past: Snapshot[] = [];
        const take = createDelta();
        const summed = new Map<string, number>();
        for (const { recorded, replaced } of rounds) {
          if (replaced) {
            addUp(summed, take(registry));
            past.push(registry.snapshot());
            registry = createRegistry();
          }
          for (const record of recorded) record(registry);
          addUp(summed, take(registry));
        }
        const totals = totalsOf(...past, registry.snapshot());
        if (rounds.length === 0) return;
        for (const [key, total] of totals) {
          if (/ (?:sum|nano)$/.test(key)) {
            expect(Math.abs((summed.get(key) ?? 0) - total)).toBeLessThanOrEqual(1e-9 * total);
          } else expect([key, summed.get(key)]).toEqual([key, total]);
        }
        expect([...summed.keys()].toSorted()).toEqual([...totals.keys()].toSorted());
      },
    ),
  );
});

test("money adds up exactly, in nano-dollars", () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat()), (amounts) => {
      const registry = createRegistry();
      const cost = registry.counter("llm.cost.usd").bind({});
      const take = createDelta();
      let sum = 0n;
      for (const amount of amounts) {
        cost.addNanoUsd(amount);
        const [series] = seriesOf(take(registry), "llm.cost.usd") as NumberSeries[];
        sum += series?.nanoUsd ?? 0n;
      }
      expect(sum).toBe(cost.nanoUsd);
    }),
  );
});
