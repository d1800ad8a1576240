import { propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { createRegistry } from "@tta-dev/primitives";
import { describe, expect, test } from "vitest";
import type { HeadSampling } from "./head-sampler.ts";
import { createHeadSampler } from "./head-sampler.ts";
import type { SpanSink, StartSpan } from "./sampling.fixture.ts";
import { countsIn, remote, spanSink, startWith, traceIdWith } from "./sampling.fixture.ts";
import { randomnessOf, thresholdOf } from "./threshold.ts";
import { constantRatio } from "./trace-ratio.ts";

function head(
  rate: number,
  options: Partial<HeadSampling> = {},
): {
  readonly start: StartSpan;
  readonly sink: SpanSink;
  readonly counts: () => object;
} {
  const registry = createRegistry();
  const sink = spanSink();
  const sampling = { root: constantRatio(rate), parentBased: true, registry, ...options };
  return {
    start: startWith(createHeadSampler(sampling), sink),
    sink,
    counts: () => countsIn(registry),
  };
}

const LOW = traceIdWith("1");
const HIGH = traceIdWith("f8");

describe("a trace that begins here", () => {
  test("is kept exactly if the last bits of its id reach the threshold", () => {
    const { start, sink, counts } = head(0.25);
    const ids = Array.from({ length: 400 }, () => {
      const span = start("root");
      span.end();
      return span.spanContext().traceId;
    });
    const kept = ids.filter((id) => randomnessOf(id) >= "c0000000000000");
    expect(sink.spans.map((span) => span.spanContext().traceId)).toEqual(kept);
    expect(counts()).toEqual({ "kept ratio": kept.length, "dropped ratio": 400 - kept.length });
  });

  test("says in tracestate with what threshold, and in every span for how many it stands", () => {
    const { start, sink } = head(0.3);
    let root = start("root");
    while (!root.isRecording()) root = start("root");
    start("child", { under: root }).end();
    root.end();
    const { encoded, adjustedCount } = thresholdOf(0.3)!;
    expect(sink.spans).toHaveLength(2);
    for (const span of sink.spans) {
      expect(span.spanContext().traceState?.serialize()).toBe(`ot=th:${encoded}`);
      expect(span.attributes["sampling.adjusted_count"]).toBe(adjustedCount);
    }
  });

  test("stands for itself where all are kept", () => {
    const { start, sink, counts } = head(1);
    start("root").end();
    expect(sink.spans[0]?.spanContext().traceState?.serialize()).toBe("ot=th:0");
    expect(sink.spans[0]?.attributes).toEqual({});
    expect(counts()).toEqual({ "kept always": 1 });
  });

  test("is never kept at 0", () => {
    const { start, sink, counts } = head(0);
    start("root").end();
    expect([sink.names(), counts()]).toEqual([[], { "dropped never": 1 }]);
  });

  test("begins anew below a parent that is none", () => {
    const { start, sink } = head(1);
    start("root", { under: remote("nonsense", { isSampled: false }) }).end();
    expect(sink.names()).toEqual(["root"]);
  });

  test("tells the next process its threshold", () => {
    const { start } = head(1);
    const headers: Record<string, string> = {};
    new W3CTraceContextPropagator().inject(trace.setSpan(ROOT_CONTEXT, start("root")), headers, {
      set: (carrier, key, value) => void (carrier[key] = value),
    });
    expect(headers["tracestate"]).toBe("ot=th:0");
    expect(propagation.fields()).toEqual([]);
  });

  test("is not counted as kept where a tail sampler counts", () => {
    const { start, counts } = head(1, { countsKept: false });
    start("root").end();
    start("here", { under: remote(HIGH) }).end();
    expect(counts()).toEqual({});
  });
});

describe("below a parent in another process", () => {
  test("a trace is recorded where it was recorded there, with the threshold of there", () => {
    const { start, sink, counts } = head(0);
    const here = start("here", { under: remote(HIGH, { tracestate: "rojo=1,ot=th:e;k:1" }) });
    start("child", { under: here }).end();
    expect(sink.spans[0]?.spanContext().traceState?.serialize()).toBe("rojo=1,ot=th:e;k:1");
    expect(sink.spans[0]?.attributes["sampling.adjusted_count"]).toBe(8);
    expect(counts()).toEqual({ "kept parent": 1 });
  });

  test("a trace is not recorded where it was not recorded there", () => {
    const { start, sink, counts } = head(1);
    const here = start("here", { under: remote(HIGH, { isSampled: false }) });
    start("child", { under: here }).end();
    here.end();
    expect([sink.names(), counts()]).toEqual([[], { "dropped parent": 1 }]);
  });

  test("nothing is said of the count where nothing was said there", () => {
    const { start, sink } = head(0.5);
    start("here", { under: remote(HIGH, { tracestate: "rojo=1" }) }).end();
    expect(sink.spans[0]?.spanContext().traceState?.serialize()).toBe("rojo=1");
    expect(sink.spans[0]?.attributes).toEqual({});
  });

  test("a threshold that does not fit what was done there is taken out", () => {
    const { start, sink } = head(0.5);
    start("here", { under: remote(LOW, { tracestate: "ot=th:8;k:1,rojo=1" }) }).end();
    start("there", { under: remote(LOW, { tracestate: "ot=th:8" }) }).end();
    expect(sink.spans.map((span) => span.spanContext().traceState?.serialize())).toEqual([
      "ot=k:1,rojo=1",
      "",
    ]);
    expect(sink.spans[0]?.attributes).toEqual({});
  });

  test("a threshold fits the randomness that was given instead of the id's", () => {
    const { start, sink } = head(0.5);
    const tracestate = "ot=th:8;rv:f0000000000000";
    start("here", { under: remote(LOW, { tracestate }) }).end();
    expect(sink.spans[0]?.attributes["sampling.adjusted_count"]).toBe(2);
  });
});

describe("where the parent does not count", () => {
  test("a trace is decided on here, by the same randomness", () => {
    const { start, sink, counts } = head(0.5, { parentBased: false });
    start("high", {
      under: remote(HIGH, { isSampled: false, tracestate: "rojo=1,ot=th:0;k:1" }),
    }).end();
    start("low", { under: remote(LOW) }).end();
    start("given", { under: remote(LOW, { tracestate: "ot=rv:80000000000000" }) }).end();
    expect(sink.names()).toEqual(["high", "given"]);
    expect(sink.spans[0]?.spanContext().traceState?.serialize()).toBe("ot=th:8;k:1,rojo=1");
    expect(sink.spans[0]?.attributes["sampling.adjusted_count"]).toBe(2);
    expect(counts()).toEqual({ "kept ratio": 2, "dropped ratio": 1 });
  });

  test("children are decided on alike, and not counted", () => {
    const { start, sink, counts } = head(0.5, { parentBased: false });
    const high = start("high", { under: remote(HIGH) });
    start("child of high", { under: high }).end();
    const low = start("low", { under: remote(LOW) });
    start("child of low", { under: low }).end();
    high.end();
    low.end();
    expect(sink.names()).toEqual(["child of high", "high"]);
    expect(sink.spans[0]?.attributes["sampling.adjusted_count"]).toBe(2);
    expect(counts()).toEqual({ "kept ratio": 1, "dropped ratio": 1 });
  });

  test("children follow a share that changes", () => {
    const shares = [thresholdOf(1), undefined];
    const root = { reason: "adaptive", varies: true, thresholdFor: () => shares.shift() } as const;
    const { start, sink } = head(1, { parentBased: false, root });
    const kept = start("kept", { under: remote(LOW) });
    const dropped = start("dropped", { under: remote(HIGH) });
    start("child of kept", { under: kept }).end();
    start("child of dropped", { under: dropped }).end();
    expect(sink.names()).toEqual(["child of kept"]);
  });
});

test("a sampler names itself", () => {
  const sampler = createHeadSampler({
    root: constantRatio(0.5),
    parentBased: false,
    registry: createRegistry(),
  });
  expect(String(sampler)).toBe("HeadSampler{ratio, independent}");
});

test("a root is asked for under its workflow's name, else its primitive's, else its own", () => {
  const asked: string[] = [];
  const thresholdFor = (name: string): undefined => void asked.push(name);
  const { start } = head(1, { root: { reason: "adaptive", varies: true, thresholdFor } });
  start("span", { attributes: { "workflow.name": "answer", "primitive.name": "sequence" } });
  start("span", { attributes: { "primitive.name": "sequence" } });
  start("span", { attributes: { "workflow.name": 5 } });
  expect(asked).toEqual(["answer", "sequence", "span"]);
});
