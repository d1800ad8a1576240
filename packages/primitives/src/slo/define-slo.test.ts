import { describe, expect, it } from "vitest";
import { defineSlo } from "./define-slo.ts";
import type { SloOptions } from "./slo.ts";

const base = { name: "s", objective: 0.99, indicator: { kind: "availability" } } as const;

function withIndicator(indicator: unknown): SloOptions {
  return { ...base, indicator: indicator as SloOptions["indicator"] };
}

function withAlert(alert: object): SloOptions {
  const usual = { longWindow: "1h", shortWindow: "5m", factor: 14.4, severity: "page" } as const;
  return { ...base, alerts: [{ ...usual, ...alert }] };
}

describe("defineSlo", () => {
  it("fills in the defaults", () => {
    expect(defineSlo(base)).toEqual({
      name: "s",
      objective: 0.99,
      windowDays: 30,
      indicator: {
        kind: "availability",
        bad: ["error", "timeout", "rejected"],
        ignored: ["cancelled"],
      },
      minEvents: 10,
      alerts: [
        { longWindow: "1h", shortWindow: "5m", factor: 14.4, severity: "page" },
        { longWindow: "6h", shortWindow: "30m", factor: 6, severity: "page" },
        { longWindow: "1d", shortWindow: "2h", factor: 3, severity: "ticket" },
        { longWindow: "3d", shortWindow: "6h", factor: 1, severity: "ticket" },
      ],
    });
  });

  it("keeps what it was told", () => {
    const told: SloOptions = {
      name: "cheap",
      description: "Nine in ten answers cost at most two cents.",
      objective: 0.9,
      windowDays: 7,
      indicator: { kind: "cost", budgetUsd: 0.02 },
      workflow: "answer",
      minEvents: 100,
      alerts: [{ longWindow: "6h", shortWindow: "1h", factor: 2, severity: "ticket" }],
    };
    expect(defineSlo(told)).toEqual(told);
  });

  it.each([
    [{ kind: "latency", thresholdMs: 5 }, {}],
    [{ kind: "quality", score: "helpfulness", threshold: 0.7 }, { direction: "at_least" }],
    [{ kind: "quality", score: "toxicity", threshold: 0, direction: "at_most" }, {}],
    [{ kind: "freshness", maxAgeMs: 3_600_000 }, { checkEveryMs: 60_000 }],
    [{ kind: "custom" }, {}],
    [{ kind: "availability", bad: ["cancelled"] }, { ignored: [] }],
    [{ kind: "availability", bad: [], ignored: [] }, {}],
  ])("takes the indicator %j", (indicator, filledIn) => {
    expect(defineSlo(withIndicator(indicator)).indicator).toEqual({ ...indicator, ...filledIn });
  });

  it("defines the same again from what it defined", () => {
    const slo = defineSlo(base);
    expect(defineSlo(slo)).toEqual(slo);
  });

  it("gives data that cannot be changed", () => {
    const { indicator, alerts, ...slo } = defineSlo(base);
    for (const part of [defineSlo(base), indicator, alerts, alerts[0]])
      expect(Object.isFrozen(part)).toBe(true);
    expect(JSON.parse(JSON.stringify(slo))).toEqual(slo);
  });

  it("works for an objective that no 14.4 can exceed", () => {
    expect(defineSlo({ ...base, objective: 0.9 }).alerts[0]?.factor).toBe(8);
  });

  it("takes no alerts at all", () => {
    expect(defineSlo({ ...base, alerts: [] }).alerts).toEqual([]);
  });

  it.each<[string, unknown, typeof TypeError | typeof RangeError]>([
    ["defineSlo(options): expected an options object, got undefined", undefined, TypeError],
    ["defineSlo({ name }): expected a non-empty string", { ...base, name: "" }, TypeError],
    [
      "defineSlo({ description }): expected a string, got 5",
      { ...base, description: 5 },
      TypeError,
    ],
    ["(0.999 for 99.9 %), got 99.9", { ...base, objective: 99.9 }, RangeError],
    ["defineSlo({ objective })", { ...base, objective: 1 }, RangeError],
    ["got 0", { ...base, objective: 0 }, RangeError],
    ['got "0.9"', { ...base, objective: "0.9" }, TypeError],
    ["got NaN", { ...base, objective: Number.NaN }, TypeError],
    ["at least 1 and at most 366, got 0.5", { ...base, windowDays: 0.5 }, RangeError],
    ["defineSlo({ minEvents })", { ...base, minEvents: 0 }, RangeError],
    ["defineSlo({ workflow })", { ...base, workflow: 5 }, TypeError],
    ["defineSlo({ indicator }): expected an options object", withIndicator("latency"), TypeError],
    ["{ kind } }): expected one of", withIndicator({ kind: "speed" }), RangeError],
    ["{ thresholdMs } })", withIndicator({ kind: "latency" }), TypeError],
    ["above 0, got 0", withIndicator({ kind: "latency", thresholdMs: 0 }), RangeError],
    ["{ budgetUsd } })", withIndicator({ kind: "cost", budgetUsd: -1 }), RangeError],
    ["{ score } })", withIndicator({ kind: "quality", threshold: 1 }), TypeError],
    ["{ threshold } })", withIndicator({ kind: "quality", score: "s" }), TypeError],
    [
      "{ direction } })",
      withIndicator({ kind: "quality", score: "s", threshold: 1, direction: "up" }),
      RangeError,
    ],
    ["{ maxAgeMs } })", withIndicator({ kind: "freshness" }), TypeError],
    [
      "{ checkEveryMs } })",
      withIndicator({ kind: "freshness", maxAgeMs: 1, checkEveryMs: 10 }),
      RangeError,
    ],
    ["{ bad } }): expected an array", withIndicator({ kind: "availability", bad: 5 }), TypeError],
    ['got "success"', withIndicator({ kind: "availability", bad: ["success"] }), RangeError],
    [
      '"timeout" is in bad too',
      withIndicator({ kind: "availability", ignored: ["timeout"] }),
      RangeError,
    ],
    ["defineSlo({ alerts }): expected an array, got 5", { ...base, alerts: 5 }, TypeError],
    ["defineSlo({ alerts: [0] }): expected an options", { ...base, alerts: [5] }, TypeError],
    ["longWindow: expected one of", withAlert({ longWindow: "4h" }), RangeError],
    ["shortWindow: expected one of", withAlert({ shortWindow: 5 }), RangeError],
    ['expected one shorter than "1h", got "1h"', withAlert({ shortWindow: "1h" }), RangeError],
    ["factor: expected a finite number above 0", withAlert({ factor: 0 }), RangeError],
    ["severity: expected one of", withAlert({ severity: "sms" }), RangeError],
    [
      "two alerts have the windows 1h/5m",
      { ...base, alerts: [...defineSlo(base).alerts, defineSlo(base).alerts[0]] },
      RangeError,
    ],
  ])("refuses what is wrong: %s", (message, options, type) => {
    const define = (): unknown => defineSlo(options as SloOptions);
    expect(define).toThrow(message);
    expect(define).toThrow(type);
  });

  it("refuses a factor given by hand that no burn rate exceeds, and takes the next lower one", () => {
    const alerts = (factor: number): NonNullable<SloOptions["alerts"]> =>
      withAlert({ factor }).alerts!;
    expect(() => defineSlo({ ...base, objective: 0.9, alerts: alerts(14.4) })).toThrow(
      "expected one below 1 ÷ (1 − objective) = 10, which no burn rate exceeds, got 14.4",
    );
    expect(() => defineSlo({ ...base, objective: 0.9, alerts: alerts(10) })).toThrow(RangeError);
    expect(defineSlo({ ...base, objective: 0.9, alerts: alerts(9.99) }).alerts[0]?.factor).toBe(
      9.99,
    );
    expect(() => defineSlo({ ...base, objective: 0.9305, alerts: alerts(14.4) })).toThrow(
      RangeError,
    );
    expect(() => defineSlo({ ...base, objective: 0.9306, alerts: alerts(14.4) })).not.toThrow();
  });
});
