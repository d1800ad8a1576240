import { describe, expect, test } from "vitest";
import { remote, tailTest, traceIdWith } from "./sampling.fixture.ts";

const HIGH = traceIdWith("f8");
const LOW = traceIdWith("1");

describe("a trace that does not end", () => {
  test("is decided on after a time, with what is known", () => {
    const { start, sink, counts, clock } = tailTest({ ratio: 0, timeoutMs: 10_000 });
    const dull = start("dull");
    start("child", { under: dull }).end();
    const marked = start("marked");
    marked.setAttribute("sampling.keep", true);
    start("child of marked", { under: marked }).end();
    clock.advance(9999);
    expect(counts()).toEqual({});
    clock.advance(1);
    expect(sink.names()).toEqual(["child of marked"]);
    expect(counts()).toEqual({ "kept marked": 1, "dropped timeout": 1, span_sampled_out: 1 });
    marked.end();
    dull.end();
    expect(sink.names()).toEqual(["child of marked", "marked"]);
  });

  test("is slow already, where it takes longer than is usual", () => {
    const { start, sink, clock } = tailTest({
      ratio: 0,
      timeoutMs: 10_000,
      slow: { minimumTraces: 10 },
    });
    for (let index = 0; index < 10; index++) {
      start("root", { atMs: 0 }).end(new Date(clock.now() + 100));
    }
    const root = start("root", { atMs: 0 });
    start("child", { under: root, atMs: 0 }).end();
    clock.advance(10_000);
    expect(sink.names()).toEqual(["child"]);
    root.end();
    expect(sink.spans[1]?.attributes["sampling.reason"]).toBe("slow");
  });

  test("is slow already, where it takes longer than it may", () => {
    const slow = { quantile: 1, thresholdMs: 4000 };
    const { start, sink, clock } = tailTest({ ratio: 0, timeoutMs: 5000, slow });
    start("child", { under: start("root", { atMs: 0 }) }).end();
    clock.advance(5000);
    expect(sink.names()).toEqual(["child"]);
  });

  test("is decided on in its turn, also where another one came before it", () => {
    const { start, counts, clock } = tailTest({ ratio: 0, timeoutMs: 10_000 });
    start("first");
    clock.advance(5000);
    start("second");
    clock.advance(5000);
    expect(counts()).toEqual({ "dropped timeout": 1 });
    clock.advance(5000);
    expect(counts()).toEqual({ "dropped timeout": 2 });
  });

  test("needs one timer, however many there are, and none when nothing waits", () => {
    const { start, clock } = tailTest({ timeoutMs: 10_000 });
    const roots = Array.from({ length: 50 }, (_, index) => {
      clock.advance(10);
      return start(`root ${index}`);
    });
    expect(clock.timers()).toBe(1);
    for (const root of roots) root.end();
    clock.advance(20_000);
    expect(clock.timers()).toBe(0);
  });
});

describe("the memory is bounded", () => {
  test("in spans of all traces: the oldest is decided on", () => {
    const { start, sink, counts, reports } = tailTest({ ratio: 0.5, maxSpans: 10 });
    const old = start("old", { under: remote(HIGH) });
    const young = start("young", { under: remote(LOW) });
    for (let index = 0; index < 5; index++) {
      start("child of old", { under: old }).end();
      start("child of young", { under: young }).end();
    }
    expect(sink.names()).toEqual([]);
    start("one more", { under: young }).end();
    expect(sink.names()).toEqual(Array(5).fill("child of old"));
    expect(counts()).toEqual({ "kept ratio": 1 });
    expect(reports).toMatchObject([
      { code: "sampling_buffer_full", message: expect.stringContaining("10 spans") },
    ]);
  });

  test("in bytes of all traces", () => {
    const { start, counts } = tailTest({ ratio: 0, maxBytes: 50_000 });
    const roots = ["a", "b"].map((name) => start(name));
    for (let index = 0; index < 3; index++) {
      for (const under of roots)
        start("child", { under, attributes: { text: "x".repeat(9_000) } }).end();
    }
    expect(counts()).toEqual({ "dropped buffer_full": 1, span_sampled_out: 3 });
  });

  test("in traces", () => {
    const { start, counts } = tailTest({ ratio: 0, maxTraces: 3 });
    for (let index = 0; index < 5; index++) start(`root ${index}`);
    expect(counts()).toEqual({ "dropped buffer_full": 2 });
  });

  test.each([{ maxSpansPerTrace: 3 }, { maxBytesPerTrace: 2500 }])(
    "in one trace, by %j: it is decided on, and what follows is not held back",
    (options) => {
      const { start, sink, counts } = tailTest({ ratio: 0.5, ...options });
      for (const id of [HIGH, LOW]) {
        const root = start("root", { under: remote(id) });
        for (let index = 0; index < 4; index++) start(`child ${index}`, { under: root }).end();
        root.end();
      }
      expect(sink.names()).toEqual(["child 0", "child 1", "child 2", "child 3", "root"]);
      expect(counts()).toEqual({ "kept ratio": 1, "dropped trace_limit": 1, span_sampled_out: 5 });
    },
  );
});
