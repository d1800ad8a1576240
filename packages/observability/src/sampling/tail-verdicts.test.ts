import { SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { remote, tailTest, traceIdWith } from "./sampling.fixture.ts";

const HIGH = traceIdWith("f8");

describe("how many a kept trace stands for", () => {
  test("is one divided by the share, where chance kept it", () => {
    const { start, sink } = tailTest({ ratio: 0.25 });
    let root = start("root");
    for (; sink.spans.length === 0; root = start("root")) {
      start("child", { under: root }).end();
      root.end();
    }
    expect(sink.spans.map(({ attributes }) => attributes["sampling.adjusted_count"])).toEqual([
      4, 4,
    ]);
    expect(sink.spans.map((span) => span.spanContext().traceState?.serialize())).toEqual([
      "ot=th:c",
      "ot=th:c",
    ]);
  });

  test("is what the head sampler left, where it was kept for what is in it", () => {
    const { start, sink } = tailTest({ ratio: 0 });
    const root = start("root", { under: remote(HIGH, { tracestate: "ot=th:e,rojo=1" }) });
    root.setStatus({ code: SpanStatusCode.ERROR }).end();
    expect(sink.spans[0]?.attributes["sampling.adjusted_count"]).toBe(8);
    expect(sink.spans[0]?.spanContext().traceState?.serialize()).toBe("ot=th:e,rojo=1");
  });

  test("is the product of both, where both left it to chance", () => {
    const { start, sink } = tailTest({ ratio: 0.25 });
    start("root", { under: remote(HIGH, { tracestate: "ot=th:8,rojo=1" }) }).end();
    expect(sink.spans[0]?.attributes["sampling.adjusted_count"]).toBe(8);
    expect(sink.spans[0]?.spanContext().traceState?.serialize()).toBe("ot=th:e,rojo=1");
    start("root", { under: remote(traceIdWith("d"), { tracestate: "ot=th:8" }) }).end();
    expect(sink.spans).toHaveLength(1);
  });

  test("is counted from here on, where nothing was said before", () => {
    const { start, sink } = tailTest({ ratio: 0.25 });
    start("root", { under: remote(HIGH) }).end();
    expect(sink.spans[0]?.attributes["sampling.adjusted_count"]).toBe(4);
    expect(sink.spans[0]?.spanContext().traceState).toBeUndefined();
  });

  test("adds up to the number of traces there were", () => {
    const { start, sink } = tailTest({ ratio: 0.2 }, { rate: 0.5 });
    for (let index = 0; index < 20_000; index++) start("root").end();
    const sum = sink.spans.reduce(
      (all, { attributes }) => all + Number(attributes["sampling.adjusted_count"]),
      0,
    );
    expect(sum / 20_000).toBeGreaterThan(0.85);
    expect(sum / 20_000).toBeLessThan(1.15);
  });

  test("stands on a copy: what other processors have is left alone", () => {
    const { start, sink } = tailTest({ ratio: 0.5 });
    const root = start("root", { under: remote(HIGH, { tracestate: "ot=th:0" }) });
    root.end();
    expect(root.spanContext().traceState?.serialize()).toBe("ot=th:0");
    expect(sink.spans[0]).toMatchObject({ name: "root", ended: true, droppedAttributesCount: 0 });
    expect((root as unknown as { attributes: object }).attributes).toEqual({});
  });
});
