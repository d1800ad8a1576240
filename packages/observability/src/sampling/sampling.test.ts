import { trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { createRegistry, parallel, retry, sequential, slot, workflow } from "@tta-dev/primitives";
import { afterEach, describe, expect, test } from "vitest";
import { checkSampling } from "./check-sampling.ts";
import type { FakeClock, SpanSink } from "./sampling.fixture.ts";
import { countsIn, fakeClock, spanSink, startWith } from "./sampling.fixture.ts";
import type { SamplingOptions } from "./sampling-options.ts";
import type { Sampling } from "./sampling.ts";
import { createSampling } from "./sampling.ts";

const ignore = (): void => undefined;

interface Setup {
  readonly sampling: Sampling;
  readonly sink: SpanSink;
  readonly clock: FakeClock;
  readonly provider: TracerProvider;
  readonly counts: () => object;
}

function setUp(options: SamplingOptions, rate = 1, spanCost?: () => number): Setup {
  const registry = createRegistry();
  const clock = fakeClock();
  const sampling = createSampling({
    settings: checkSampling(options, ignore),
    rate,
    parentBased: true,
    registry,
    report: ignore,
    clock,
    ...(spanCost !== undefined && { spanCost }),
  });
  const sink = spanSink();
  const provider = new TracerProvider({
    sampler: sampling.sampler,
    spanProcessors: [...sampling.processors, sampling.inFrontOf(sink)],
  });
  return { sampling, sink, clock, provider, counts: () => countsIn(registry) };
}

/** A hundred traces a second, each of ten spans. */
function run({ sampling, sink, clock }: Setup, seconds: number): void {
  const start = startWith(sampling.sampler, ...sampling.processors, sampling.inFrontOf(sink));
  for (let index = 0; index < 100 * seconds; index++) {
    clock.advance(10);
    const root = start("root");
    for (let child = 0; child < 9; child++) start("child", { under: root }).end();
    root.end();
  }
}

describe("without options", () => {
  test("the head decides alone, and what is recorded is exported", () => {
    const setup = setUp({}, 1);
    expect(setup.sampling.inFrontOf(setup.sink)).toBe(setup.sink);
    run(setup, 1);
    expect(setup.sink.spans).toHaveLength(1000);
    expect(setup.counts()).toEqual({ "kept always": 100 });
    expect(setup.sampling.isKept).toBeUndefined();
    setup.sampling.decideAll();
  });
});

describe("an adaptive sampler", () => {
  test("holds spans per second at the head, of whole traces that tell their count", () => {
    const setup = setUp({ adaptive: { targetSpansPerSecond: 200 } });
    run(setup, 60);
    const { spans } = setup.sink;
    expect(spans.length / 60 / 200).toBeGreaterThan(0.8);
    expect(spans.length / 60 / 200).toBeLessThan(1.2);
    for (const [, all] of Map.groupBy(spans, (span) => span.spanContext().traceId)) {
      expect(all).toHaveLength(10);
      expect(new Set(all.map(({ attributes }) => attributes["sampling.adjusted_count"])).size).toBe(
        1,
      );
    }
    const estimate = spans
      .filter(({ name }) => name === "root")
      .reduce((sum, { attributes }) => sum + Number(attributes["sampling.adjusted_count"] ?? 1), 0);
    expect(estimate / 6000).toBeGreaterThan(0.85);
    expect(estimate / 6000).toBeLessThan(1.15);
    expect(setup.counts()).toMatchObject({ "kept adaptive": spans.length / 10 });
  });

  test("holds a share of a processor, by what a span costs", () => {
    const setup = setUp({ adaptive: { targetOverhead: 0.01 } }, 1, () => 50e-6);
    run(setup, 60);
    expect(setup.sink.spans.length / 60 / 200).toBeGreaterThan(0.8);
    expect(setup.sink.spans.length / 60 / 200).toBeLessThan(1.2);
  });

  test("measures what a span costs where nobody says", () => {
    const setup = setUp({ adaptive: { targetOverhead: 1 } });
    run(setup, 1);
    expect(setup.sink.spans.length).toBeGreaterThan(0);
  });

  test("keeps no larger share than the rate allows", () => {
    const setup = setUp({ adaptive: { targetSpansPerSecond: 1e6 } }, 0);
    run(setup, 1);
    expect(setup.sink.spans).toEqual([]);
  });

  test("holds spans per second behind a tail sampler, what is kept for a reason included", () => {
    const setup = setUp({ tail: true, adaptive: { targetSpansPerSecond: 200 } });
    expect(setup.sampling.processors).toEqual([]);
    const start = startWith(setup.sampling.sampler, setup.sampling.inFrontOf(setup.sink));
    for (let index = 0; index < 6000; index++) {
      setup.clock.advance(10);
      const root = start("root", index % 20 === 0 ? { attributes: { "sampling.keep": true } } : {});
      for (let child = 0; child < 9; child++) start("child", { under: root }).end();
      root.end();
    }
    const { spans } = setup.sink;
    expect(spans.length / 60 / 200).toBeGreaterThan(0.8);
    expect(spans.length / 60 / 200).toBeLessThan(1.2);
    const marked = spans.filter(({ attributes }) => attributes["sampling.reason"] === "marked");
    expect(marked).toHaveLength(300);
    expect(setup.sampling.isKept?.(marked[0]?.spanContext().traceId ?? "")).toBe(true);
    expect(setup.sampling.isKept?.("unknown")).toBe(false);
  });
});

describe("metrics are exact", () => {
  afterEach(() => {
    trace.disable();
  });

  const modes: readonly [string, SamplingOptions, number][] = [
    ["nothing kept", {}, 0],
    ["one in a hundred kept", {}, 0.01],
    ["everything kept", {}, 1],
    ["a tail sampler", { tail: { ratio: 0.01 } }, 1],
    ["an adaptive sampler", { adaptive: { targetSpansPerSecond: 1 } }, 1],
  ];

  test.each(modes)("with %s", async (mode, options, rate) => {
    const setup = setUp(options, rate);
    trace.setGlobalTracerProvider(setup.provider);
    let calls = 0;
    const flaky = async (): Promise<number> => {
      if (++calls % 3 === 0) throw new Error("no");
      return calls;
    };
    const name = `exact with ${mode}`;
    const answer = workflow(
      name,
      sequential(
        parallel({ a: async () => 1, b: async () => 2 }),
        retry(flaky, { attempts: 2, backoff: { kind: "constant", delayMs: 0 } }),
      ),
    );
    for (let index = 0; index < 200; index++) {
      setup.clock.advance(1000);
      await answer.execute(undefined);
    }

    const failed = Math.floor(calls / 3);
    expect(executionsOf(name)).toEqual({
      "workflow success": 200,
      "sequential success": 200,
      "parallel success": 200,
      "retry success": 200,
      "step success": 400 + calls - failed,
      "step error": failed,
    });
    expect(failed).toBeGreaterThan(50);
    expect(setup.sink.spans.length > 1500).toBe(mode === "everything kept");
  });

  function executionsOf(name: string): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const metric of slot().registry.snapshot().metrics) {
      if (metric.name !== "primitive.execution.count" || metric.kind === "histogram") continue;
      const at = (label: string): number => metric.labels.findIndex((one) => one.name === label);
      for (const { labelValues, value } of metric.series) {
        if (labelValues[at("workflow_name")] !== name) continue;
        const key = `${labelValues[at("primitive_type")]} ${labelValues[at("status")]}`;
        counts[key] = (counts[key] ?? 0) + value;
      }
    }
    return counts;
  }
});
