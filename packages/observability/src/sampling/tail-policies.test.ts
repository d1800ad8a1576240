import { SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { tailTest } from "./sampling.fixture.ts";

describe("a trace is kept", () => {
  test("for an error that leaves its root", () => {
    const { start, sink, counts } = tailTest({ ratio: 0 });
    const root = start("root");
    start("child", { under: root }).end();
    root.setStatus({ code: SpanStatusCode.ERROR }).end();
    expect(sink.names()).toEqual(["child", "root"]);
    expect(sink.spans[1]?.attributes).toEqual({
      "sampling.adjusted_count": 1,
      "sampling.reason": "error",
    });
    expect(counts()).toEqual({ "kept error": 1 });
  });

  test.each([
    ["unrecovered", {}, []],
    ["unrecovered", { "execution.detached": true }, ["child", "root"]],
    ["any", {}, ["child", "root"]],
    ["none", { "execution.detached": true }, []],
  ] as const)("with errors %s and a failed child with %j: %j", (errors, attributes, names) => {
    const { start, sink } = tailTest({ ratio: 0, errors });
    const root = start("root");
    start("child", { under: root, attributes }).setStatus({ code: SpanStatusCode.ERROR }).end();
    root.end();
    expect(sink.names()).toEqual(names);
  });

  test("not for being cancelled by its caller", () => {
    const { start, sink } = tailTest({ ratio: 0 });
    start("root", { attributes: { "execution.status": "cancelled" } })
      .setStatus({ code: SpanStatusCode.ERROR })
      .end();
    expect(sink.names()).toEqual([]);
  });

  test("for an anomaly on any span, at once", () => {
    const { start, sink, counts } = tailTest({ ratio: 0 });
    const root = start("root");
    start("before", { under: root }).end();
    start("odd", { under: root, attributes: { "anomaly.signal": "latency" } }).end();
    expect(sink.names()).toEqual(["before", "odd"]);
    root.end();
    expect(sink.names()).toEqual(["before", "odd", "root"]);
    expect(sink.spans[2]?.attributes["sampling.reason"]).toBe("anomaly");
    expect(counts()).toEqual({ "kept anomaly": 1 });
  });

  test("for a mark on any span", () => {
    const { start, sink, counts } = tailTest({ ratio: 0 });
    const root = start("root");
    start("child", { under: root, attributes: { "sampling.keep": true } }).end();
    root.end();
    start("not marked", { attributes: { "sampling.keep": "yes" } }).end();
    expect(sink.names()).toEqual(["child", "root"]);
    expect(counts()).toEqual({ "kept marked": 1, "dropped ratio": 1, span_sampled_out: 1 });
  });

  test("for being slow among those of its name", () => {
    const { start, sink } = tailTest({ ratio: 0, slow: { quantile: 0.9, minimumTraces: 20 } });
    const run = (name: string, ms: number): void => {
      start("span", { atMs: 0, attributes: { "workflow.name": name } }).end(
        new Date(Date.UTC(2026, 0, 1) + ms),
      );
    };
    for (let index = 0; index < 20; index++) {
      run("fast", 100);
      run("slow", 10_000);
    }
    expect(sink.names()).toEqual([]);
    run("slow", 10_000);
    run("fast", 1000);
    run("unknown", 60_000);
    expect(sink.spans.map(({ attributes }) => attributes)).toEqual([
      { "workflow.name": "fast", "sampling.adjusted_count": 1, "sampling.reason": "slow" },
    ]);
  });

  test("for being slower than it may be", () => {
    const { start, sink } = tailTest({ ratio: 0, slow: { quantile: 1, thresholdMs: 500 } });
    start("in time", { atMs: 0 }).end(new Date(Date.UTC(2026, 0, 1) + 500));
    start("late", { atMs: 0 }).end(new Date(Date.UTC(2026, 0, 1) + 501));
    expect(sink.names()).toEqual(["late"]);
  });

  test("for its cost, as its root tells it", () => {
    const { start, sink } = tailTest({ ratio: 0, costly: { budgetUsd: 0.5 } });
    for (const cost of [0.5, 0.51]) {
      start(`cost ${cost}`, { attributes: { "workflow.cost.total_usd": cost } }).end();
    }
    expect(sink.names()).toEqual(["cost 0.51"]);
    expect(sink.spans[0]?.attributes["sampling.reason"]).toBe("costly");
  });

  test("for its cost, as its calls add up, as soon as they do", () => {
    const { start, sink } = tailTest({ ratio: 0, costly: { budgetUsd: 0.5 } });
    const root = start("root");
    for (const call of [1, 2, 3]) {
      start(`call ${call}`, { under: root, attributes: { "cost.usd": 0.2 } }).end();
      expect(sink.spans).toHaveLength(call === 3 ? 3 : 0);
    }
  });

  test("for its cost among those of its name", () => {
    const { start, sink } = tailTest({ ratio: 0, costly: { minimumTraces: 30 } });
    for (let index = 0; index <= 30; index++) {
      start("root", {
        attributes: { "workflow.cost.total_usd": index === 30 ? 0.02 : 0.01 },
      }).end();
    }
    expect(sink.spans).toHaveLength(1);
  });

  test("not for what is turned off", () => {
    const { start, sink } = tailTest({ ratio: 0, slow: false, costly: false });
    for (let index = 0; index <= 200; index++) {
      start("root", {
        atMs: 0,
        attributes: { "workflow.cost.total_usd": index === 200 ? 9 : 1 },
      }).end(new Date(Date.UTC(2026, 0, 1) + (index === 200 ? 60_000 : 10)));
    }
    expect(sink.names()).toEqual([]);
  });
});
