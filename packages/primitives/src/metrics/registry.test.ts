import { dropReasons } from "../catalog/values.ts";
import * as fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { metrics } from "../catalog/metrics.ts";
import type {
  BoundCounter,
  BoundGauge,
  BoundHistogram,
  BoundMoneyCounter,
  BoundUpDown,
  Registry,
} from "./registry.ts";
import { createRegistry } from "./registry.ts";
import type { MetricSnapshot, NumberSeries } from "./snapshot.ts";

function metricIn(registry: Registry, name: string): MetricSnapshot | undefined {
  return registry.snapshot().metrics.find((metric) => metric.name === name);
}

/** Number series by label values, joined. */
function seriesIn(registry: Registry, name: string): Record<string, NumberSeries> {
  const metric = metricIn(registry, name);
  if (metric === undefined || metric.kind === "histogram") return {};
  return Object.fromEntries(metric.series.map((row) => [row.labelValues.join("|"), row]));
}

function valuesIn(registry: Registry, name: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(seriesIn(registry, name)).map(([labels, row]) => [labels, row.value]),
  );
}

describe("a metric", () => {
  test("gives one series for equal labels, whoever asks", () => {
    const registry = createRegistry();
    const first = registry.counter("retry.attempts").bind({ primitive_name: "search" });
    expect(registry.counter("retry.attempts").bind({ primitive_name: "search" })).toBe(first);
    expect(registry.counter("retry.attempts").name).toBe("retry.attempts");
  });

  test("has a series with the value 0 from bind on", () => {
    const registry = createRegistry();
    registry.counter("retry.attempts").bind({ primitive_name: "search" });
    registry.upDown("agent.workflows.active").bind({});
    registry.gauge("bulkhead.queued").bind({ primitive_name: "search" });
    registry.histogram("wait.duration").bind({ primitive_name: "search" });
    expect(valuesIn(registry, "retry.attempts")).toEqual({ "search|": 0 });
    expect(valuesIn(registry, "agent.workflows.active")).toEqual({ "|": 0 });
    expect(valuesIn(registry, "bulkhead.queued")).toEqual({ search: 0 });
    expect(metricIn(registry, "wait.duration")?.series).toMatchObject([{ count: 0 }]);
  });

  test("is typed by its kind", () => {
    const registry = createRegistry();
    expectTypeOf(registry.counter("retry.attempts").bind).returns.toEqualTypeOf<BoundCounter>();
    expectTypeOf(registry.counter("llm.cost.usd").bind).returns.toEqualTypeOf<BoundMoneyCounter>();
    expectTypeOf(
      registry.upDown("agent.workflows.active").bind,
    ).returns.toEqualTypeOf<BoundUpDown>();
    expectTypeOf(registry.gauge("cache.entries").bind).returns.toEqualTypeOf<BoundGauge>();
    expectTypeOf(registry.histogram("wait.duration").bind).returns.toEqualTypeOf<BoundHistogram>();
    // @ts-expect-error -- no value of this closed label
    registry.counter("timeout.expirations").bind({ kind: "medium" });
    // @ts-expect-error -- another kind of metric
    expect(() => registry.gauge("retry.attempts")).toThrow(
      new TypeError('name is "retry.attempts", a counter, expected a gauge'),
    );
    // @ts-expect-error -- no such metric
    expect(() => registry.counter("retry.attempt")).toThrow(
      new TypeError('name is "retry.attempt", expected a metric of the catalogue'),
    );
    // @ts-expect-error -- no such label
    expect(() => registry.counter("retry.attempts").bind({ primitive: "search" })).toThrow(
      TypeError,
    );
  });

  test("of every name in the catalogue can be made", () => {
    const registry = createRegistry();
    const untyped = registry as unknown as Record<
      string,
      (name: string) => { readonly bind: (labels: object) => unknown }
    >;
    for (const [name, { kind }] of Object.entries(metrics)) {
      expect(untyped[kind]?.(name).bind({}), name).toBeDefined();
    }
    const names = registry.snapshot().metrics.map((metric) => metric.name);
    expect(names).toEqual(Object.keys(metrics));
  });
});

describe("a snapshot", () => {
  test("describes each metric in both spellings", () => {
    const registry = createRegistry();
    registry
      .counter("llm.tokens.total")
      .bind({ llm_provider: "openai", llm_token_type: "prompt" })
      .add(7);
    expect(metricIn(registry, "llm.tokens.total")).toMatchObject({
      name: "llm.tokens.total",
      prometheusName: "llm_tokens_total",
      kind: "counter",
      unit: "{token}",
      help: "Tokens of model calls: prompt and completion.",
      labels: [
        { name: "llm_provider", attribute: "llm.provider" },
        { name: "llm_model_name", attribute: "llm.model_name" },
        { name: "llm_token_type", attribute: "llm.token_type" },
      ],
      series: [{ labelValues: ["openai", "", "prompt"], value: 7 }],
    });
  });

  test("has a histogram's bounds and, for each series, its buckets and its sketch", () => {
    const registry = createRegistry();
    const duration = registry.histogram("wait.duration").bind({ primitive_name: "pause" });
    duration.record(0.01);
    duration.record(1000);
    const metric = metricIn(registry, "wait.duration");
    expect(metric?.bounds.length).toBe(20);
    expect(metric?.series).toMatchObject([
      {
        labelValues: ["pause", "", ""],
        count: 2,
        sum: 1000.01,
        min: 0.01,
        max: 1000,
        bucketCounts: [0, 0, 0, 0, 1, ...Array.from({ length: 15 }, () => 0), 1],
        sketch: { scale: 5, offset: Math.ceil(32 * Math.log2(0.01)) - 1 },
      },
    ]);
    expect(duration.quantile(1)).toBe(1000);
  });

  test("has money as USD and, exactly, as nano-dollars", () => {
    const registry = createRegistry();
    const cost = registry.counter("llm.cost.usd").bind({ llm_provider: "openai" });
    cost.add(0.1);
    cost.addNanoUsd(200_000_001);
    expect(seriesIn(registry, "llm.cost.usd")["openai|||"]).toMatchObject({
      value: 0.300_000_001,
      nanoUsd: 300_000_001n,
    });
  });

  test("says since when it counts and when it was taken", () => {
    let clockMs = 1000;
    const registry = createRegistry({ now: () => clockMs });
    clockMs = 5000;
    expect(registry.snapshot()).toMatchObject({ startMs: 1000, atMs: 5000 });
  });

  test("takes the wall clock unless it is given one", () => {
    const before = Date.now();
    const { startMs, atMs } = createRegistry().snapshot();
    expect(startMs).toBeGreaterThanOrEqual(before);
    expect(atMs).toBeGreaterThanOrEqual(startMs);
  });

  test("does not change afterwards and can be cloned to another thread", () => {
    const registry = createRegistry();
    const attempts = registry.counter("retry.attempts").bind({});
    const wait = registry.histogram("wait.duration").bind({});
    const cost = registry.counter("llm.cost.usd").bind({});
    wait.record(1);
    const snapshot = registry.snapshot();
    const copy = structuredClone(snapshot);
    attempts.add();
    wait.record(1);
    cost.add(1);
    registry.counter("retry.attempts").bind({ primitive_name: "late" });
    expect(snapshot).toEqual(copy);
  });

  test("leaves out metrics that have no series", () => {
    const registry = createRegistry();
    registry.counter("retry.attempts");
    expect(metricIn(registry, "retry.attempts")).toBeUndefined();
  });

  test("is ordered like the catalogue, not like the recordings", () => {
    const registry = createRegistry();
    registry.gauge("cache.entries").bind({});
    registry.counter("primitive.execution.count").bind({});
    const names = registry.snapshot().metrics.map((metric) => metric.name);
    expect(names).toEqual([
      "primitive.execution.count",
      "cache.entries",
      "telemetry.cardinality.overflow",
      "telemetry.dropped",
      "telemetry.series",
    ]);
  });
});

describe("the telemetry of the registry itself", () => {
  test("counts what was dropped, by reason, from 0 on", () => {
    const registry = createRegistry({ seriesLimit: 1 });
    const none = Object.fromEntries(dropReasons.map((reason) => [reason, 0]));
    expect(valuesIn(registry, "telemetry.dropped")).toEqual(none);
    registry.counter("retry.attempts").bind({}).add(-1);
    registry.histogram("wait.duration").bind({}).record(NaN);
    registry.upDown("agent.workflows.active").bind({}).add(NaN);
    registry.counter("llm.cost.usd").bind({}).add(-1);
    for (const slo of ["a", "b"]) registry.gauge("slo.compliance").bind({ slo }).set(Infinity);
    expect(valuesIn(registry, "telemetry.dropped")).toEqual({
      ...none,
      negative: 2,
      not_finite: 4,
      series_limit: 1,
    });
  });

  test("counts folds by metric and label, from 0 on", () => {
    const registry = createRegistry({ valueBudget: 1 });
    const attempts = registry.counter("retry.attempts");
    const none = { "retry.attempts|primitive_name": 0, "retry.attempts|reason": 0 };
    expect(valuesIn(registry, "telemetry.cardinality.overflow")).toMatchObject(none);
    for (const reason of ["a", "b", "c"]) attempts.bind({ reason });
    expect(valuesIn(registry, "telemetry.cardinality.overflow")).toMatchObject({
      ...none,
      "retry.attempts|reason": 2,
    });
  });

  test("does not lose its own counts to a small budget", () => {
    const registry = createRegistry({ valueBudget: 1, seriesLimit: 1 });
    const names = [
      "retry.attempts",
      "fallback.activations",
      "cache.hits",
      "router.errors",
    ] as const;
    for (const name of names) {
      for (const primitive_name of ["a", "b"]) registry.counter(name).bind({ primitive_name });
    }
    const folds = valuesIn(registry, "telemetry.cardinality.overflow");
    for (const name of names) expect(folds[`${name}|primitive_name`]).toBeGreaterThan(0);
  });

  test("counts a junk value of one of its own labels", () => {
    const registry = createRegistry();
    registry
      .counter("telemetry.cardinality.overflow")
      .bind({ metric: "junk", label: "reason" })
      .add(3);
    expect(valuesIn(registry, "telemetry.cardinality.overflow")).toMatchObject({
      "__other__|reason": 3,
      "telemetry.cardinality.overflow|metric": 1,
    });
  });

  test("counts the series of each metric, observed ones too", () => {
    const registry = createRegistry();
    for (const reason of ["a", "b"]) registry.counter("retry.attempts").bind({ reason });
    registry.observe("cache.entries", () => [{ labels: { primitive_name: "docs" }, value: 1 }]);
    expect(valuesIn(registry, "telemetry.series")).toEqual({
      "retry.attempts": 2,
      "cache.entries": 1,
      // Three labels of the two metrics that fold may overflow, retry.attempts' two and the reason of what is dropped.
      "telemetry.cardinality.overflow": 3,
      "telemetry.dropped": dropReasons.length,
    });
  });
});

describe("a gauge past the series limit", () => {
  test("is accepted and recorded nowhere", () => {
    const registry = createRegistry({ seriesLimit: 2 });
    const score = registry.gauge("anomaly.score");
    for (let signal = 0; signal < 1000; signal++) score.bind({ signal: `s${signal}` }).set(signal);
    expect(valuesIn(registry, "anomaly.score")).toEqual({ "s0|": 0, "s1|": 1 });
    expect(valuesIn(registry, "telemetry.dropped")["series_limit"]).toBe(998);
    expect(score.bind({ signal: "late" })).toBe(score.bind({ signal: "later" }));
    expect(valuesIn(registry, "telemetry.cardinality.overflow")).not.toHaveProperty(
      "anomaly.score|signal",
    );
  });
});

describe("observe", () => {
  test("has a gauge read at each snapshot until it is ended", () => {
    const registry = createRegistry();
    let hitRatio = 0.5;
    const stop = registry.observe("cache.hit_rate", () => [
      { labels: { primitive_name: "docs" }, value: hitRatio },
    ]);
    expect(valuesIn(registry, "cache.hit_rate")).toEqual({ docs: 0.5 });
    hitRatio = 0.75;
    expect(valuesIn(registry, "cache.hit_rate")).toEqual({ docs: 0.75 });
    stop();
    expect(valuesIn(registry, "cache.hit_rate")).toEqual({});
  });

  test("survives a callback that throws, and the snapshot counts it already", () => {
    const registry = createRegistry();
    registry.observe("cache.entries", () => {
      throw new Error("broken");
    });
    registry.observe("cache.entries", () => [{ labels: {}, value: 2 }]);
    const { metrics: taken } = registry.snapshot();
    expect(taken.find(({ name }) => name === "cache.entries")?.series).toEqual([
      { labelValues: [""], value: 2 },
    ]);
    expect(taken.find(({ name }) => name === "telemetry.dropped")?.series).toContainEqual({
      labelValues: ["callback_error"],
      value: 1,
    });
  });
});

describe("the sum over a metric's series", () => {
  const name = fc.oneof(fc.constantFrom("a", "b", ""), fc.string());
  const limits = fc.record({
    seriesLimit: fc.integer({ min: 1, max: 50 }),
    valueBudget: fc.integer({ min: 1, max: 5 }),
  });

  test("of tokens is what was recorded", () => {
    const tokens = fc.record({
      labels: fc.record({
        llm_provider: name,
        llm_model_name: name,
        llm_token_type: fc.constantFrom("prompt", "completion"),
      }),
      amount: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 100 }), limits, (calls, options) => {
        const registry = createRegistry(options);
        for (const { labels, amount } of calls)
          registry.counter("llm.tokens.total").bind(labels).add(amount);
        for (const type of ["prompt", "completion"]) {
          const recorded = calls
            .filter(({ labels }) => labels.llm_token_type === type)
            .reduce((sum, { amount }) => sum + amount, 0);
          const kept = Object.values(seriesIn(registry, "llm.tokens.total"))
            .filter(({ labelValues }) => labelValues[2] === type)
            .reduce((sum, { value }) => sum + value, 0);
          expect(kept).toBe(recorded);
        }
      }),
    );
  });

  test("of money is what was recorded, to the nano-dollar", () => {
    const costs = fc.record({
      labels: fc.record({ llm_provider: name, workflow_name: name }),
      nanoUsd: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(fc.array(costs, { maxLength: 100 }), limits, (calls, options) => {
        const registry = createRegistry(options);
        for (const { labels, nanoUsd } of calls) {
          registry.counter("llm.cost.usd").bind(labels).addNanoUsd(nanoUsd);
        }
        const recorded = calls.reduce((sum, { nanoUsd }) => sum + BigInt(nanoUsd), 0n);
        const kept = Object.values(seriesIn(registry, "llm.cost.usd")).reduce(
          (sum, { nanoUsd = 0n }) => sum + nanoUsd,
          0n,
        );
        expect(kept).toBe(recorded);
      }),
    );
  });

  test("of an up-down counter returns to 0 when everything has ended", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ agent_type: name, workflow_name: name })),
        limits,
        (runs, options) => {
          const registry = createRegistry(options);
          const active = registry.upDown("agent.workflows.active");
          for (const labels of runs) active.bind(labels).add(1);
          for (const labels of runs.toReversed()) active.bind(labels).add(-1);
          const values = Object.values(valuesIn(registry, "agent.workflows.active"));
          expect(values.filter((value) => value !== 0)).toEqual([]);
        },
      ),
    );
  });
});

describe("options", () => {
  test("are 200 values a label and 1,000 series a metric unless they are given", () => {
    const registry = createRegistry();
    for (let n = 0; n < 2000; n++) {
      registry.counter("execution.orphaned").bind({ primitive_name: `p${n}` });
      registry
        .counter("retry.attempts")
        .bind({ primitive_name: `p${n % 200}`, reason: `r${n % 199}` });
    }
    const orphaned = valuesIn(registry, "execution.orphaned");
    expect([Object.keys(orphaned).length, "p199" in orphaned, "p200" in orphaned]).toEqual([
      201,
      true,
      false,
    ]);
    expect(Object.keys(valuesIn(registry, "retry.attempts")).length).toBe(1000);
  });

  test.each([0, -1, 1.5, NaN, Infinity])("refuse a limit of %s", (value) => {
    expect(() => createRegistry({ seriesLimit: value })).toThrow(
      new RangeError(`seriesLimit is ${value}, expected a positive integer`),
    );
    expect(() => createRegistry({ valueBudget: value })).toThrow(
      new RangeError(`valueBudget is ${value}, expected a positive integer`),
    );
  });
});
