import { trace, TraceFlags, type SpanContext } from "@opentelemetry/api";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BoundCounter } from "./counter.ts";
import { createHistogram } from "./histogram.ts";
import { createRegistry } from "./registry.ts";
import type { HistogramMetricSnapshot, NumberMetricSnapshot } from "./snapshot.ts";

const span = (id: number): SpanContext => ({
  traceId: id.toString(16).padStart(32, "0"),
  spanId: id.toString(16).padStart(16, "0"),
  traceFlags: TraceFlags.SAMPLED,
});

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

describe("a counter's exemplar", () => {
  test("is the last span, at the time it was taken", () => {
    const counter = new BoundCounter(vi.fn());
    expect(counter.exemplar(5000)).toBeUndefined();
    counter.exemplify(span(1), performance.now());
    counter.exemplify(span(2), performance.now());
    vi.advanceTimersByTime(300);
    expect(counter.exemplar(5000)).toEqual({
      traceId: span(2).traceId,
      spanId: span(2).spanId,
      value: 1,
      atMs: 4700,
    });
  });

  test("keeps its time on every later reading, and gets a new one when it is replaced", () => {
    const counter = new BoundCounter(vi.fn());
    counter.exemplify(span(1), performance.now());
    const first = counter.exemplar(5000);
    vi.advanceTimersByTime(250);
    // The wall clock was set back meanwhile: the exemplar must still be the same one.
    expect(counter.exemplar(3000)).toBe(first);
    counter.exemplify(span(1), performance.now());
    expect(counter.exemplar(3000)).toMatchObject({ atMs: 3000 });
  });

  test("is never later than the snapshot", () => {
    const counter = new BoundCounter(vi.fn());
    counter.exemplify(span(1), performance.now() + 0.5);
    expect(counter.exemplar(5000)?.atMs).toBe(5000);
  });
});

describe("a histogram's exemplars", () => {
  test("are none until a span was given", () => {
    const histogram = createHistogram([1, 10]);
    histogram.record(3);
    expect(histogram.exemplars(0)).toBeUndefined();
  });

  test("stand at the bucket that counted the value, the last of each", () => {
    const bounds = [0.5, 1, 2.5, 1000];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(0, ...bounds), fc.double({ min: 0, max: 1e6 })), {
          minLength: 1,
        }),
        (values) => {
          const recorded = values.filter((value) => Number.isFinite(value));
          const histogram = createHistogram(bounds);
          recorded.forEach((value, id) => {
            histogram.record(value);
            histogram.exemplify(value, span(id), performance.now());
          });
          const expected = [...bounds, Infinity].map((bound, bucket) =>
            recorded.findLast((value) => value <= bound && value > (bounds[bucket - 1] ?? -1)),
          );
          expect(histogram.exemplars(0)?.map((exemplar) => exemplar?.value) ?? []).toEqual(
            recorded.length === 0 ? [] : expected,
          );
          expect(histogram.data().bucketCounts.map((count) => count > 0)).toEqual(
            expected.map((value) => value !== undefined),
          );
        },
      ),
    );
  });

  test.each([-1, Number.NaN, Infinity])("are not taken of %d, which is not recorded", (value) => {
    const histogram = createHistogram([1]);
    histogram.exemplify(value, span(1), performance.now());
    expect(histogram.exemplars(0)).toBeUndefined();
  });
});

describe("a snapshot", () => {
  test("has the exemplars of counters and histograms, and none where there is none", () => {
    const registry = createRegistry({ now: () => 60_000 });
    const count = registry.counter("primitive.execution.count");
    const duration = registry.histogram("primitive.execution.duration");
    count.bind({ primitive_name: "a" }).exemplify(span(1), performance.now() - 1000);
    count.bind({ primitive_name: "b" }).add();
    duration.bind({ primitive_name: "a" }).exemplify(0.02, span(2), performance.now());
    duration.bind({ primitive_name: "b" }).record(1);

    const metrics = new Map(registry.snapshot().metrics.map((metric) => [metric.name, metric]));
    const counts = metrics.get("primitive.execution.count") as NumberMetricSnapshot;
    const durations = metrics.get("primitive.execution.duration") as HistogramMetricSnapshot;
    const at = { traceId: span(2).traceId, spanId: span(2).spanId };
    expect(counts.series[0]?.exemplar).toEqual({
      traceId: span(1).traceId,
      spanId: span(1).spanId,
      value: 1,
      atMs: 59_000,
    });
    expect(counts.series[1]).not.toHaveProperty("exemplar");
    expect(durations.series[0]?.exemplars?.[5]).toEqual({ ...at, value: 0.02, atMs: 60_000 });
    expect(durations.series[1]).not.toHaveProperty("exemplars");
    expect(structuredClone(registry.snapshot())).toEqual(registry.snapshot());
  });

  test("holds on to no span, only to its ids", () => {
    const registry = createRegistry();
    const context = trace.wrapSpanContext(span(1)).spanContext();
    registry.counter("retry.outcomes").bind({}).exemplify(context, performance.now());
    const [metric] = registry.snapshot().metrics as [NumberMetricSnapshot];
    expect(Object.keys(metric.series[0]?.exemplar ?? {})).toEqual([
      "traceId",
      "spanId",
      "value",
      "atMs",
    ]);
  });
});
