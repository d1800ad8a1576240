import { trace } from "@opentelemetry/api";
import type { ReadableSpan, Sampler, SpanProcessor } from "@opentelemetry/sdk-trace";
import { SamplingDecision, TracerProvider } from "@opentelemetry/sdk-trace";
import { createRegistry, slot } from "@tta-dev/primitives";
import { virtualRuntime } from "@tta-dev/primitives/testing";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { TreeSpec } from "../../../primitives/src/testing/random-tree.fixture.ts";
import { COMPOSITES, LEAVES, treeOf } from "../../../primitives/src/testing/random-tree.fixture.ts";
import { checkSampling } from "./check-sampling.ts";
import { spanSink } from "./sampling.fixture.ts";
import type { SamplingOptions } from "./sampling-options.ts";
import { createSampling } from "./sampling.ts";
import { machineClock } from "./tail-clock.ts";

const nothing = (): Promise<void> => Promise.resolve();

afterEach(() => {
  trace.disable();
  slot().unsampledIsFinal = false;
});

/** Trees of any primitives, three deep at most. */
const trees: fc.Arbitrary<TreeSpec> = fc.letrec<{ tree: TreeSpec }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({
      kind: fc.constantFrom(...LEAVES),
      dial: fc.nat(99),
      children: fc.constant([]),
    }),
    ...Object.entries(COMPOSITES).map(([kind, { children }]) =>
      fc.record({
        kind: fc.constant(kind),
        dial: fc.nat(99),
        children: fc.array(tie("tree"), { minLength: children, maxLength: children }),
      }),
    ),
  ),
})).tree;

/** Runs trees of primitives and says what was asked, what has ended and what was exported, by trace. */
async function runTrees(
  specs: readonly TreeSpec[],
  options: SamplingOptions,
  rate: number,
): Promise<{
  readonly asked: Map<string, Set<boolean>>;
  readonly ended: Map<string, Set<string>>;
  readonly exported: Map<string, Set<string>>;
}> {
  const asked = new Map<string, Set<boolean>>();
  const sampling = createSampling({
    settings: checkSampling(options, () => undefined),
    rate,
    parentBased: true,
    registry: createRegistry(),
    report: () => undefined,
    clock: machineClock,
  });
  const asking: Sampler = {
    // oxlint-disable-next-line max-params -- the SDK calls it
    shouldSample(context, traceId, name, kind, attributes, links) {
      const { sampler } = sampling;
      const result = sampler.shouldSample(context, traceId, name, kind, attributes, links);
      const answers = asked.get(traceId) ?? new Set();
      asked.set(traceId, answers.add(result.decision === SamplingDecision.RECORD_AND_SAMPLED));
      return result;
    },
    toString: () => "asking",
  };
  const ends: ReadableSpan[] = [];
  const sink = spanSink();
  const listening: SpanProcessor = {
    onStart: () => undefined,
    onEnd: (span) => void ends.push(span),
    forceFlush: nothing,
    shutdown: nothing,
  };
  const delivery = sampling.inFrontOf(sink);
  const provider = new TracerProvider({
    sampler: asking,
    spanProcessors: [...sampling.processors, listening, delivery],
  });
  trace.disable();
  trace.setGlobalTracerProvider(provider);
  for (const spec of specs) {
    const runtime = virtualRuntime();
    const run = treeOf(spec, { waits: true }).execute("input", { runtime });
    await runtime.run(() => run.catch(() => undefined));
  }
  // What was left behind, detached or stopped, ends within some turns.
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  await provider.shutdown();
  const byTrace = (spans: readonly ReadableSpan[]): Map<string, Set<string>> =>
    new Map(
      [...Map.groupBy(spans, (span) => span.spanContext().traceId)].map(([traceId, all]) => [
        traceId,
        new Set(all.map((span) => span.spanContext().spanId)),
      ]),
    );
  return { asked, ended: byTrace(ends), exported: byTrace(sink.spans) };
}

describe("of any tree of primitives", () => {
  const specs = fc.array(trees, { minLength: 1, maxLength: 6 });

  test.each([
    ["ask", false],
    ["do not ask", true],
  ])(
    "a head sampler takes the whole trace or nothing, where children of what is not sampled %s",
    async (_what, unsampledIsFinal) => {
      slot().unsampledIsFinal = unsampledIsFinal;
      let kept = 0;
      let dropped = 0;
      await fc.assert(
        fc.asyncProperty(specs, async (list) => {
          const { asked, ended, exported } = await runTrees(list, {}, 0.5);
          expect(asked.size).toBe(list.length);
          for (const [traceId, answers] of asked) {
            expect(answers.size).toBe(1);
            expect(exported.has(traceId)).toBe(answers.has(true));
            if (answers.has(true)) kept++;
            else dropped++;
          }
          expect(exported).toEqual(ended);
        }),
        { numRuns: 60 },
      );
      expect(Math.min(kept, dropped)).toBeGreaterThan(0);
    },
    60_000,
  );

  test("a tail sampler exports every span of a trace or none", async () => {
    let kept = 0;
    let all = 0;
    await fc.assert(
      fc.asyncProperty(specs, async (list) => {
        const { ended, exported } = await runTrees(list, { tail: { ratio: 0.3 } }, 1);
        for (const [traceId, spans] of exported) expect(spans).toEqual(ended.get(traceId));
        kept += exported.size;
        all += ended.size;
      }),
      { numRuns: 60 },
    );
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(all);
  }, 60_000);
});
