import { defineSlo } from "@tta-dev/primitives/slo";
import type { DefinedIndicator, SloIndicator } from "@tta-dev/primitives/slo";
import { describe, expect, it } from "vitest";
import { judgeRun, judgeScore } from "./judge.ts";
import { endedRun, runScore } from "./slo.fixture.ts";

function defined(indicator: SloIndicator): DefinedIndicator {
  return defineSlo({ name: "s", objective: 0.9, indicator }).indicator;
}

describe("availability", () => {
  it.each([
    ["success", "good"],
    ["error", "bad"],
    ["timeout", "bad"],
    ["rejected", "bad"],
    ["cancelled", undefined],
  ] as const)("takes a run that ended in %s for %s", (status, verdict) => {
    expect(judgeRun(defined({ kind: "availability" }), endedRun({ status }))).toBe(verdict);
  });

  it("takes for bad what it is told to, for no event what it is told to ignore, for good the rest", () => {
    const indicator = defined({ kind: "availability", bad: ["error"], ignored: ["rejected"] });
    const verdicts = (["error", "rejected", "timeout", "cancelled"] as const).map((status) =>
      judgeRun(indicator, endedRun({ status })),
    );
    expect(verdicts).toEqual(["bad", undefined, "good", "good"]);
  });
});

describe("latency", () => {
  const indicator = defined({ kind: "latency", thresholdMs: 2000 });

  it.each([
    [2, "success", "good"],
    [2.001, "success", "bad"],
    [2.001, "error", "bad"],
    [9, "cancelled", "bad"],
    [9, "timeout", "bad"],
    [1, "error", undefined],
    [1, "cancelled", undefined],
  ] as const)("takes %d s that end in %s for %s", (durationSeconds, status, verdict) => {
    expect(judgeRun(indicator, endedRun({ durationSeconds, status }))).toBe(verdict);
  });

  it("does not count the time a person took", () => {
    const run = endedRun({ durationSeconds: 3602, pausedSeconds: 3600 });
    expect(judgeRun(indicator, run)).toBe("good");
    expect(judgeRun(indicator, { ...run, pausedSeconds: 3599 })).toBe("bad");
  });

  it("is not misled by binary fractions", () => {
    const exact = defined({ kind: "latency", thresholdMs: 300 });
    const run = endedRun({ durationSeconds: 1.1, pausedSeconds: 0.8 });
    expect(1.1 - 0.8).toBeGreaterThan(0.3);
    expect(judgeRun(exact, run)).toBe("good");
  });
});

describe("cost", () => {
  const indicator = defined({ kind: "cost", budgetUsd: 0.07 });

  it.each([
    [70_000_000, "success", "good"],
    [70_000_001, "success", "bad"],
    [70_000_001, "error", "bad"],
    [5, "error", undefined],
    [0, "success", "good"],
  ] as const)("takes %d billionths of a dollar that end in %s for %s", (cost, status, verdict) => {
    expect(judgeRun(indicator, endedRun({ costNanoUsd: cost, status }))).toBe(verdict);
  });
});

describe("quality", () => {
  const helpful = defined({ kind: "quality", score: "helpfulness", threshold: 0.7 });
  const toxic = defined({
    kind: "quality",
    score: "toxicity",
    threshold: 0.1,
    direction: "at_most",
  });

  it.each([
    [helpful, "helpfulness", 0.7, "good"],
    [helpful, "helpfulness", 0.69, "bad"],
    [helpful, "toxicity", 0, undefined],
    [helpful, "helpfulness", Number.NaN, undefined],
    [toxic, "toxicity", 0.1, "good"],
    [toxic, "toxicity", 0.11, "bad"],
  ] as const)("judges %j by %s = %d: %s", (indicator, name, value, verdict) => {
    expect(judgeScore(indicator, runScore(name, value))).toBe(verdict);
  });

  it("has no event in the end of a run, and other indicators none in a score", () => {
    expect(judgeRun(helpful, endedRun())).toBeUndefined();
    expect(judgeRun(defined({ kind: "custom" }), endedRun())).toBeUndefined();
    expect(judgeRun(defined({ kind: "freshness", maxAgeMs: 1 }), endedRun())).toBeUndefined();
    expect(judgeScore(defined({ kind: "availability" }), runScore("s", 1))).toBeUndefined();
  });
});
