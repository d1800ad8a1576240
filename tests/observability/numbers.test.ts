import type { ObservabilityOptions } from "@tta-dev/observability";
import {
  fallback,
  llm,
  parallel,
  retry,
  sequential,
  slot,
  step,
  workflow,
} from "@tta-dev/primitives";
import { defineSlo } from "@tta-dev/primitives/slo";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { forgetSdk, initialize, pageOf, startSink } from "./initialized.fixture.ts";
import { numbersIn, numbersOn, numbersSent, sumOf } from "./numbers.fixture.ts";

/** What was counted before stays: it takes longer from case to case. */
vi.setConfig({ testTimeout: 20_000 });

/** What was done, as whoever did it counts it. */
interface Done {
  runs: number;
  failedRuns: number;
  steps: number;
  failedSteps: number;
  modelCalls: number;
  tokens: number;
  nanoUsd: bigint;
}

type Fault = "none" | "throw" | "type" | "undefined";

/** A workflow that draws on a script of faults, and whoever counts beside it. */
function faultyWorkflow(name: string, script: readonly Fault[]) {
  const done: Done = {
    runs: 0,
    failedRuns: 0,
    steps: 0,
    failedSteps: 0,
    modelCalls: 0,
    tokens: 0,
    nanoUsd: 0n,
  };
  let calls = 0;
  // Names beyond what a label takes fold into one series.
  const leaf = (of: string) =>
    step(`${of}-${calls % 7}-${name}`, () => {
      done.steps++;
      const fault = script[calls++ % script.length];
      if (fault === "none") return "fine";
      done.failedSteps++;
      if (fault === "throw") throw new Error("on purpose");
      if (fault === "type") throw new TypeError("on purpose");
      return Promise.reject(undefined);
    });
  const model = llm({
    provider: "openai",
    model: "gpt-5-mini",
    call: () => {
      const [prompt, completion] = [calls % 5, calls % 3];
      done.modelCalls++;
      done.tokens += prompt + completion;
      const nanoUsd = 1_000_000_007 + calls;
      done.nanoUsd += BigInt(nanoUsd);
      slot()
        .registry.counter("llm.cost.usd")
        .bind({ llm_provider: "openai", workflow_name: name })
        .addNanoUsd(nanoUsd);
      return { usage: { prompt_tokens: prompt, completion_tokens: completion } };
    },
  });
  const flow = workflow(
    name,
    sequential(
      parallel(
        { a: leaf("a"), b: retry(leaf("b"), { attempts: 3, backoff: () => 0 }) },
        { join: "settled" },
      ),
      fallback(leaf("c"), [() => "instead"]),
      model,
      leaf("d"),
    ),
  );
  return {
    done,
    async run(): Promise<void> {
      done.runs++;
      await flow.execute("go").catch(() => done.failedRuns++);
    },
  };
}

const samplings: Readonly<Record<string, ObservabilityOptions>> = {
  "sampled 0": { traceSampleRate: 0 },
  "sampled 0.01": { traceSampleRate: 0.01 },
  "sampled 1": {},
  tail: { sampling: { tail: { ratio: 0.1 } } },
  adaptive: { sampling: { adaptive: { targetSpansPerSecond: 10 } } },
  "tail and adaptive": { sampling: { tail: {}, adaptive: { targetSpansPerSecond: 10 } } },
  compact: { spans: "compact" },
};

let cases = 0;

describe.each(Object.entries(samplings))("%s", (_name, options) => {
  test("the sink, the page, the snapshot and the analysis tell the same, and it is what happened", async () => {
    const faults = fc.array(fc.constantFrom<Fault>("none", "none", "throw", "type", "undefined"), {
      minLength: 1,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(faults, fc.integer({ min: 0, max: 12 }), async (script, runs) => {
        // Past 200 values the names fold; what is looked up by name has to come before.
        const name = `numbers-${cases++}`;
        const before = slot().registry.snapshot();
        const sink = await startSink();
        const slo = defineSlo({
          name,
          workflow: name,
          objective: 0.5,
          indicator: { kind: "availability" },
        });
        const observability = initialize({ ...options, otlpEndpoint: sink.url, slos: [slo] });
        const costBefore = observability.cost().spent?.nanoUsd ?? 0n;
        const { done, run } = faultyWorkflow(name, script);
        await Promise.all(Array.from({ length: runs }, run));

        // What tail sampling decides while it flushes is in the second one.
        await observability.forceFlush();
        await observability.forceFlush();
        const page = await pageOf(observability);
        const after = slot().registry.snapshot();
        const last = sink.requests.findLastIndex(({ signal }) => signal === "metrics");
        const count = sink.requests.filter(({ signal }) => signal === "metrics").length;
        const perPush = sink.metrics().length / count;
        expect([last >= 0, Number.isInteger(perPush)]).toEqual([true, true]);
        const told = numbersIn(after);
        const isSteady = ([key]: readonly [string, number]): boolean =>
          !/^(?:throughput_rps|slo_|anomaly_score)/.test(key);
        const steady = new Map([...told].filter(isSteady));
        expect(new Map([...numbersOn(page)].filter(isSteady))).toEqual(steady);
        const sent = numbersSent(sink.metrics().slice(-perPush), after);
        expect(new Map([...sent].filter(isSteady))).toEqual(steady);

        const grown = (metric: string, where?: Readonly<Record<string, string>>): number =>
          sumOf(after, metric, where) - sumOf(before, metric, where);
        const executions = "primitive.execution.count";
        const durations = "primitive.execution.duration";
        expect({
          runs: grown(executions, { primitive_type: "workflow" }),
          failedRuns: grown(executions, { primitive_type: "workflow", status: "error" }),
          durations: grown(durations) - grown(executions),
          models: grown(executions, { primitive_type: "llm" }),
          requests: grown("llm.requests"),
          tokens: grown("llm.tokens.total"),
          active: sumOf(after, "primitive.execution.active"),
        }).toEqual({
          runs: done.runs,
          failedRuns: done.failedRuns,
          durations: 0,
          models: done.modelCalls,
          requests: done.modelCalls,
          tokens: done.tokens,
          active: 0,
        });
        // A fallback's alternative is a step as well.
        expect(grown(executions, { primitive_type: "step", status: "error" })).toBe(
          done.failedSteps,
        );
        expect(grown(executions, { primitive_type: "step" })).toBe(
          done.steps + grown("fallback.activations"),
        );

        expect((observability.cost().spent?.nanoUsd ?? 0n) - costBefore).toBe(done.nanoUsd);
        expect(observability.throughput().all.runs).toBe(done.runs);
        expect(observability.slo.status(name)).toMatchObject([
          { events: done.runs, bad: done.failedRuns },
        ]);
        expect(grown("slo.events")).toBe(done.runs);
        expect(grown("slo.events.bad")).toBe(done.failedRuns);
        expect(observability.percentiles({ of: "workflow" }).all.count).toBe(
          sumOf(after, durations, { primitive_type: "workflow" }),
        );
        await observability.shutdown();
        await sink.close();
        forgetSdk();
      }),
      { numRuns: 6 },
    );
  });
});
