import { SpanStatusCode } from "@opentelemetry/api";
import { AlwaysOnSampler, createAlwaysRecordSampler } from "@opentelemetry/sdk-trace";
import { createRegistry } from "@tta-dev/primitives";
import { describe, expect, test } from "vitest";
import { createHeadSampler } from "./head-sampler.ts";
import { remote, startWith, tailTest, traceIdWith } from "./sampling.fixture.ts";
import { EVERYTHING } from "./threshold.ts";
import { constantRatio } from "./trace-ratio.ts";

const HIGH = traceIdWith("f8");
const LOW = traceIdWith("1");

describe("a trace", () => {
  test("is held back until its root ends, and then goes on whole", () => {
    const { start, sink, tail, counts } = tailTest({ ratio: 1 });
    const root = start("root");
    start("child", { under: root }).end();
    expect([sink.names(), tail.isKept(root.spanContext().traceId)]).toEqual([[], false]);
    root.end();
    expect([sink.names(), tail.isKept(root.spanContext().traceId)]).toEqual([
      ["child", "root"],
      true,
    ]);
    expect(counts()).toEqual({ "kept ratio": 1 });
  });

  test("with nothing in it is dropped, and counted", () => {
    const { start, sink, tail, counts } = tailTest({ ratio: 0 });
    const root = start("root");
    start("child", { under: root }).end();
    root.end();
    expect([sink.names(), tail.isKept(root.spanContext().traceId)]).toEqual([[], false]);
    expect(counts()).toEqual({ "dropped ratio": 1, span_sampled_out: 2 });
  });

  test("below a remote parent ends with the span below it", () => {
    const { start, sink } = tailTest({ ratio: 0.5 });
    for (const id of [HIGH, LOW]) {
      const here = start(`here ${id}`, { under: remote(id) });
      start("child", { under: here }).end();
      here.end();
    }
    expect(sink.names()).toEqual(["child", `here ${HIGH}`]);
  });

  test("that comes in twice at once is decided on when both are over", () => {
    const { start, sink } = tailTest({ ratio: 0 });
    const first = start("first", { under: remote(LOW) });
    const second = start("second", { under: remote(LOW) });
    first.end();
    expect(sink.names()).toEqual([]);
    second.setStatus({ code: SpanStatusCode.ERROR });
    second.end();
    expect(sink.names()).toEqual(["first", "second"]);
  });

  test("that was kept is kept when it comes in again, one that was dropped is decided on anew", () => {
    const { start, sink } = tailTest({ ratio: 0 });
    for (const name of ["fine", "failed", "fine after it"]) {
      const span = start(name, { under: remote(LOW) });
      if (name === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    }
    expect(sink.names()).toEqual(["failed", "fine after it"]);
  });

  test("that a head sampler has not recorded is never seen", () => {
    const { start, sink, counts } = tailTest({ ratio: 1 }, { rate: 0 });
    start("root").end();
    expect([sink.names(), counts()]).toEqual([[], { "dropped never": 1 }]);
  });
});

describe("a span that ends late", () => {
  test.each([
    [1, ["root", "late", "later"], {}],
    [0, [], { span_sampled_out: 3 }],
  ])("does as its trace did, with a share of %d", (ratio, names, lost) => {
    const { start, sink, counts, clock } = tailTest({ ratio });
    const root = start("root");
    const late = start("late", { under: root, attributes: { "execution.detached": true } });
    root.end();
    const later = start("later", { under: late });
    late.end();
    clock.advance(250_000);
    later.end();
    expect(sink.names()).toEqual(names);
    expect(counts()).toEqual({ [ratio === 1 ? "kept ratio" : "dropped ratio"]: 1, ...lost });
  });

  test("finds its trace kept for an hour, as an exemplar does", () => {
    const { start, tail, clock } = tailTest({ ratio: 1, lateSpanMs: 1000 });
    const root = start("root");
    root.end();
    const { traceId } = root.spanContext();
    clock.advance(3_600_000);
    expect(tail.isKept(traceId)).toBe(true);
    clock.advance(7_200_000);
    expect(tail.isKept(traceId)).toBe(false);
  });

  test("carries the count of its trace", () => {
    const { start, sink } = tailTest({ ratio: 0.5 });
    const root = start("root", { under: remote(HIGH) });
    const late = start("late", { under: root });
    root.end();
    late.end();
    expect(sink.spans[1]?.attributes).toEqual({ "sampling.adjusted_count": 2 });
  });

  test("is drawn by its trace's id when its trace is forgotten, so that chance decides alike", () => {
    const { start, sink, counts, clock } = tailTest({ ratio: 0.5, lateSpanMs: 1000 });
    const open = [HIGH, LOW].map((id) => {
      const root = start("root", { under: remote(id) });
      const late = start("late", { under: root });
      root.end();
      return late;
    });
    clock.advance(7_200_000);
    for (const late of open) late.end();
    expect(sink.names()).toEqual(["root", "late"]);
    expect(counts()).toMatchObject({ span_sampled_out: 1, span_late: 1 });
  });
});

describe("at the end", () => {
  test("a flush sends what is decided on, and what runs goes on", async () => {
    const { start, sink, tail } = tailTest({ ratio: 1 });
    start("over").end();
    const running = start("running");
    await tail.forceFlush();
    expect([sink.names(), sink.flushes]).toEqual([["over"], 1]);
    running.end();
    expect(sink.names()).toEqual(["over", "running"]);
  });

  test("a shutdown decides on everything, and counts what comes after it", async () => {
    const { start, sink, tail, counts, clock } = tailTest({ ratio: 0.5 });
    const kept = start("kept", { under: remote(HIGH) });
    start("child of kept", { under: kept }).end();
    const dropped = start("dropped", { under: remote(LOW) });
    start("child of dropped", { under: dropped }).end();
    await tail.shutdown();
    expect([sink.names(), sink.shutdowns]).toEqual([["child of kept"], 1]);
    kept.end();
    dropped.end();
    start("after").end();
    expect(sink.names()).toEqual(["child of kept"]);
    expect(counts()).toEqual({
      "kept ratio": 1,
      "dropped shutdown": 1,
      span_sampled_out: 1,
      span_late: 3,
    });
    expect(clock.timers()).toBe(0);
  });

  test("a shutdown waits for the delivery every few hundred spans: its queue is bounded", async () => {
    const { start, sink, tail } = tailTest({ ratio: 1 });
    for (let trace = 0; trace < 20; trace++) {
      const root = start("root");
      for (let index = 0; index < 100; index++) start("child", { under: root }).end();
    }
    await tail.shutdown();
    expect([sink.spans.length, sink.flushes]).toEqual([2000, 4]);
  });

  test("everything can be decided on at once", () => {
    const { start, sink, tail } = tailTest({ ratio: 1 });
    const root = start("root");
    start("child", { under: root }).end();
    tail.decideAll();
    expect(sink.names()).toEqual(["child"]);
    root.end();
    expect(sink.names()).toEqual(["child", "root"]);
  });
});

test("a budget is told of everything that goes on, and of how large traces are", () => {
  const told: string[] = [];
  const { start } = tailTest(
    {},
    {
      budget: {
        reason: "adaptive",
        varies: true,
        thresholdFor: (name) => (name === "chance" ? EVERYTHING : undefined),
        expected: () => 1,
        learn: (name, spans) => void told.push(`learn ${name} ${spans}`),
        spend: (spans) => void told.push(`spend ${spans}`),
      },
    },
  );
  for (const name of ["chance", "nothing", "marked"]) {
    const root = start(name, { attributes: { "sampling.keep": name === "marked" } });
    start("child", { under: root }).end();
    const late = start("late", { under: root });
    root.end();
    late.end();
  }
  expect(told).toEqual([
    "learn chance 2",
    "spend 2",
    "spend 1",
    "learn nothing 2",
    "learn marked 2",
    "spend 2",
    "spend 1",
  ]);
});

test("a span that is recorded and not sampled goes past", () => {
  const { tail, sink } = tailTest({ ratio: 0 });
  const root = constantRatio(0);
  const never = createHeadSampler({ root, parentBased: true, registry: createRegistry() });
  startWith(createAlwaysRecordSampler(never), tail)("root").end();
  expect(sink.names()).toEqual(["root"]);
});

test("a span whose root was never seen is judged alone, by a sampler that says nothing of itself", () => {
  const { tail, sink, start, counts } = tailTest({ ratio: 0 });
  const elsewhere = startWith(new AlwaysOnSampler());
  const root = elsewhere("root");
  start("fine", { under: root }).end();
  const other = elsewhere("other");
  start("marked", { under: other, attributes: { "sampling.keep": true } }).end();
  start("next to it", { under: other }).end();
  root.end();
  expect(sink.names()).toEqual(["marked", "next to it"]);
  expect(tail.isKept(root.spanContext().traceId)).toBe(false);
  expect(counts()).toEqual({ span_late: 1 });
});
