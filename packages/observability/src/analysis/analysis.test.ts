import type { Slot } from "@tta-dev/primitives";
import { sequential, slot, workflow } from "@tta-dev/primitives";
import { afterEach, describe, expect, test } from "vitest";
import { formatExposition } from "../prometheus/exposition.ts";
import { startSlos } from "../slo/start-slos.ts";
import type { Analysis } from "./analysis.ts";
import { startAnalysis } from "./analysis.ts";

let analysis: Analysis | undefined;
const clock = { nowMs: 1_800_000_000_000 };

function start(): Analysis {
  analysis = startAnalysis({
    shared: slot(),
    now: () => clock.nowMs,
  });
  return analysis;
}

afterEach(() => analysis?.release());

function exposed(pattern: RegExp): string[] {
  return formatExposition(slot().registry.snapshot(), {})
    .split("\n")
    .filter((line) => pattern.test(line));
}

describe("of workflows that ran", () => {
  test("percentiles, throughput and runs agree", async () => {
    const { percentiles, throughput, cost } = start();
    const inner = workflow("analysis-inner", async (n: number) => n + 1);
    const outer = workflow(
      "analysis-outer",
      sequential(inner, async (n: number) => {
        if (n > 3) throw new Error("too many");
        return n;
      }),
    );
    for (const n of [1, 2, 3]) await outer.execute(n).catch(() => undefined);

    const byName = (name: string) => ({
      executions: percentiles({ of: "workflow", name }).all.count,
      failed: percentiles({ of: "workflow", name, where: { status: "error" } }).all.count,
      ended: throughput().workflows.find((one) => one.name === name)?.runs,
      runs: cost({ where: { workflow_name: name } }).runs,
    });
    expect(byName("analysis-outer")).toEqual({ executions: 3, failed: 1, ended: 3, runs: 3 });
    expect(byName("analysis-inner")).toEqual({ executions: 3, failed: 0, ended: 3, runs: 3 });
    expect(throughput().all).toMatchObject({ runs: 3, active: 0, peakActive: 2 });
  });

  test("those under way are seen", async () => {
    const { throughput } = start();
    const release = Promise.withResolvers<void>();
    const slow = workflow("analysis-slow", async () => release.promise);
    const runs = [slow.execute(undefined), slow.execute(undefined)];
    const seen = () => throughput().workflows.find(({ name }) => name === "analysis-slow");
    expect(seen()).toMatchObject({ runs: 0, active: 2 });
    release.resolve();
    await Promise.all(runs);
    expect(seen()).toMatchObject({ runs: 2, active: 0, peakActive: 2 });
  });

  test("the rate is a gauge on the metrics page until it is released", async () => {
    const { release } = start();
    await workflow("analysis-rate", async (n: number) => n).execute(1);
    const line = /^throughput_rps\{workflow_name="analysis-rate"\}/;
    expect(exposed(line)).toEqual(['throughput_rps{workflow_name="analysis-rate"} 1']);
    release();
    expect(exposed(line)).toEqual([]);
    expect(slot().runListeners.size).toBe(0);
  });
});

describe("the collector", () => {
  test("is one for the process", () => {
    const { collector } = start();
    expect(collector()).toBe(collector());
  });

  test("records where /metrics, percentiles, throughput and cost look", () => {
    const { collector, percentiles, throughput, cost } = start();
    collector().recordExecution("analysis-import", {
      durationMs: 500,
      status: "success",
      costUsd: 0.25,
      model: "gpt-5-mini",
    });
    expect(exposed(/^(primitive_execution_count|llm_cost).*analysis-import/)).toEqual([
      expect.stringMatching(/^primitive_execution_count_total\{.*status="success".*\} 1$/),
      expect.stringMatching(/^llm_cost_usd_total\{.*llm_model_name="gpt-5-mini".*\} 0\.25$/),
    ]);
    expect(percentiles({ of: "workflow", name: "analysis-import" }).all.p95).toBe(0.5);
    expect(throughput().workflows).toContainEqual(
      expect.objectContaining({ name: "analysis-import", runs: 1 }),
    );
    expect(cost({ where: { workflow_name: "analysis-import" } }).spent?.nanoUsd).toBe(250_000_000n);
  });

  test("declares SLOs that judge what it records", () => {
    const tracker = startSlos(
      {},
      { shared: slot(), now: () => clock.nowMs, report: () => undefined },
    );
    analysis = startAnalysis({ shared: slot(), slo: tracker, now: () => clock.nowMs });
    const collector = analysis.collector();
    collector.configureSlo("analysis-judged", {
      objective: 0.9,
      indicator: { kind: "latency", thresholdMs: 100 },
    });
    collector.recordExecution("analysis-judged", { durationMs: 50, status: "success" });
    collector.recordExecution("analysis-judged", { durationMs: 500, status: "success" });
    collector.recordExecution("analysis-other", { durationMs: 500, status: "success" });
    expect(collector.getSloStatus("analysis-judged")).toMatchObject({ events: 2, bad: 1 });
    tracker.release();
  });

  test("is not disturbed by somebody who listens to runs and throws", () => {
    const { collector } = start();
    const { runListeners }: Pick<Slot, "runListeners"> = slot();
    const broken = {
      ended: () => {
        throw new Error("broken");
      },
    };
    runListeners.add(broken);
    collector().recordExecution("analysis-quiet", { durationMs: 1, status: "success" });
    runListeners.delete(broken);
    expect(collector().getPercentiles("analysis-quiet").count).toBe(1);
  });
});

test("without a clock the process's own is used", () => {
  analysis = startAnalysis({ shared: slot() });
  const before = Date.now();
  const { atMs, sinceMs } = analysis.throughput();
  expect(atMs).toBeGreaterThanOrEqual(sinceMs);
  expect(Math.abs(atMs - before)).toBeLessThan(86_400_000);
  expect(analysis.collector().getSloStatus("any")).toBeUndefined();
});
