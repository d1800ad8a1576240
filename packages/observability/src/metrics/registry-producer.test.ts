import { AggregationTemporality, DataPointType } from "@opentelemetry/sdk-metrics";
import type { MetricData } from "@opentelemetry/sdk-metrics";
import type { Registry } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RegistryProducerOptions } from "./registry-producer.ts";
import { createRegistryProducer } from "./registry-producer.ts";

const { CUMULATIVE, DELTA } = AggregationTemporality;

function producerOf(registry: Registry, options: Partial<RegistryProducerOptions> = {}) {
  const producer = createRegistryProducer({
    registry: () => registry,
    temporality: "cumulative",
    histograms: "explicit_bucket_histogram",
    ...options,
  });
  return {
    async collect(): Promise<MetricData[]> {
      const { resourceMetrics, errors } = await producer.collect();
      expect(errors).toEqual([]);
      return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
    },
    async metric(name: string): Promise<MetricData | undefined> {
      return (await this.collect()).find(({ descriptor }) => descriptor.name === name);
    },
  };
}

describe("over OTLP", () => {
  test("a counter is a monotonic sum with name, unit, help and attributes spelt like a span's", async () => {
    const registry = createRegistry();
    registry
      .counter("primitive.execution.count")
      .bind({ primitive_name: "search", agent_type: "planner", status: "success" })
      .add(3);
    const metric = await producerOf(registry).metric("primitive.execution.count");
    // A label without a value is absent, not empty.
    expect(metric?.dataPoints[0]?.attributes).toEqual({
      "primitive.name": "search",
      "agent.type": "planner",
      status: "success",
    });
    expect(metric).toMatchObject({
      descriptor: {
        name: "primitive.execution.count",
        unit: "{execution}",
        description: expect.stringContaining("."),
      },
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      aggregationTemporality: CUMULATIVE,
      dataPoints: [{ value: 3 }],
    });
  });

  test("what may fall is a sum that is not monotonic, and stays a total under delta", async () => {
    const registry = createRegistry();
    registry.upDown("agent.workflows.active").bind({ workflow_name: "triage" }).add(2);
    const producer = producerOf(registry, { temporality: "delta" });
    for (let round = 0; round < 2; round++) {
      expect(await producer.metric("agent.workflows.active")).toMatchObject({
        dataPointType: DataPointType.SUM,
        isMonotonic: false,
        aggregationTemporality: CUMULATIVE,
        dataPoints: [{ value: 2, attributes: { "workflow.name": "triage" } }],
      });
    }
  });

  test("a state is a gauge", async () => {
    const registry = createRegistry();
    registry.gauge("circuit_breaker.state").bind({ primitive_name: "search" }).set(0.5);
    expect(await producerOf(registry).metric("circuit_breaker.state")).toMatchObject({
      dataPointType: DataPointType.GAUGE,
      dataPoints: [{ value: 0.5 }],
    });
  });

  test("money is in USD", async () => {
    const registry = createRegistry();
    registry.counter("llm.cost.usd").bind({}).addNanoUsd(1_250_000_001);
    expect(await producerOf(registry).metric("llm.cost.usd")).toMatchObject({
      descriptor: { unit: "{USD}" },
      dataPoints: [{ value: 1.250_000_001 }],
    });
  });

  test("a histogram is explicit buckets", async () => {
    const registry = createRegistry();
    const wait = registry.histogram("wait.duration").bind({});
    wait.record(0.01);
    wait.record(1000);
    expect(await producerOf(registry).metric("wait.duration")).toMatchObject({
      dataPointType: DataPointType.HISTOGRAM,
      aggregationTemporality: CUMULATIVE,
      dataPoints: [
        {
          value: {
            count: 2,
            sum: 1000.01,
            min: 0.01,
            max: 1000,
            buckets: {
              boundaries: expect.arrayContaining([0.01, 327.68]),
              counts: [0, 0, 0, 0, 1, ...Array<number>(15).fill(0), 1],
            },
          },
        },
      ],
    });
  });

  test("a histogram without a value has neither minimum nor maximum", async () => {
    const registry = createRegistry();
    registry.histogram("wait.duration").bind({});
    const metric = await producerOf(registry).metric("wait.duration");
    expect(metric?.dataPoints[0]?.value).toEqual({
      count: 0,
      sum: 0,
      buckets: { boundaries: expect.any(Array), counts: Array<number>(21).fill(0) },
    });
  });

  test("a histogram is its sketch where exponential ones are asked for", async () => {
    const registry = createRegistry();
    const wait = registry.histogram("wait.duration").bind({});
    for (const seconds of [0, 1, 1.5, 4]) wait.record(seconds);
    const producer = producerOf(registry, { histograms: "base2_exponential_bucket_histogram" });
    expect(await producer.metric("wait.duration")).toMatchObject({
      dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
      dataPoints: [
        {
          value: {
            count: 4,
            sum: 6.5,
            min: 0,
            max: 4,
            scale: 5,
            zeroCount: 1,
            // 1 lies in (2^(-1/32), 2^(0/32)], which is bucket −1; 4 in (2^(63/32), 2^(64/32)], which is bucket 63.
            positive: { offset: -1, bucketCounts: { length: 65, 0: 1, 19: 1, 64: 1 } },
            negative: { offset: 0, bucketCounts: [] },
          },
        },
      ],
    });
  });

  test("every value lies in the exponential bucket that counts it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 1e-8, max: 1e8, noNaN: true }), async (seconds) => {
        const registry = createRegistry();
        registry.histogram("wait.duration").bind({}).record(seconds);
        const producer = producerOf(registry, { histograms: "base2_exponential_bucket_histogram" });
        const metric = await producer.metric("wait.duration");
        if (metric?.dataPointType !== DataPointType.EXPONENTIAL_HISTOGRAM) throw new Error("none");
        const { scale, positive } = metric.dataPoints[0]!.value;
        const base = 2 ** (2 ** -scale);
        expect(positive.bucketCounts).toEqual([1]);
        const tolerance = 1 + 1e-12;
        expect(seconds * tolerance).toBeGreaterThan(base ** positive.offset);
        expect(seconds / tolerance).toBeLessThanOrEqual(base ** (positive.offset + 1));
      }),
    );
  });
});

describe("the times of points", () => {
  test("reach from when counting began to now", async () => {
    let clockMs = 1_700_000_000_250;
    const registry = createRegistry({ now: () => clockMs });
    registry.counter("retry.attempts").bind({});
    clockMs += 60_000;
    const metric = await producerOf(registry).metric("retry.attempts");
    expect(metric?.dataPoints).toMatchObject([
      { startTime: [1_700_000_000, 250_000_000], endTime: [1_700_000_060, 250_000_000] },
    ]);
  });

  test("reach from the end of the delta before, under delta", async () => {
    let clockMs = 1000;
    const registry = createRegistry({ now: () => clockMs });
    const attempts = registry.counter("retry.attempts").bind({});
    const producer = producerOf(registry, { temporality: "delta" });
    const spans: unknown[] = [];
    for (const nowMs of [3000, 8000]) {
      clockMs = nowMs;
      attempts.add();
      const metric = await producer.metric("retry.attempts");
      expect(metric?.aggregationTemporality).toBe(DELTA);
      spans.push(metric?.dataPoints.map(({ startTime, endTime }) => [startTime[0], endTime[0]]));
    }
    expect(spans).toEqual([[[1, 3]], [[3, 8]]]);
  });

  test("do not run backwards with the clock", async () => {
    let clockMs = 5000;
    const registry = createRegistry({ now: () => clockMs });
    registry.counter("retry.attempts").bind({});
    clockMs = 1000;
    const metric = await producerOf(registry).metric("retry.attempts");
    expect(metric?.dataPoints).toMatchObject([{ startTime: [5, 0], endTime: [5, 0] }]);
  });
});

test("two producers do not take each other's deltas", async () => {
  const registry = createRegistry();
  registry.counter("retry.attempts").bind({}).add(5);
  const [left, right] = [
    producerOf(registry, { temporality: "delta" }),
    producerOf(registry, { temporality: "delta" }),
  ];
  await left.collect();
  expect(await right.metric("retry.attempts")).toMatchObject({ dataPoints: [{ value: 5 }] });
});

test("counters are deltas under lowmemory", async () => {
  const registry = createRegistry();
  registry.counter("retry.attempts").bind({});
  const producer = producerOf(registry, { temporality: "lowmemory" });
  expect(await producer.metric("retry.attempts")).toMatchObject({ aggregationTemporality: DELTA });
});
