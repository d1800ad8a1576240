import { slot } from "@tta-dev/primitives";
import { afterEach, describe, expect, it, vi } from "vitest";
import { availability, DAY_MS, end, MINUTE_MS, START_MS, trackerFor } from "./slo.fixture.ts";

afterEach(() => slot().slos.clear());

describe("a budget that burns", () => {
  const burn = (runs: number): void => {
    for (let run = 0; run < runs; run += 1) end({ status: "error" });
  };

  it("is told once when it starts and once when it ends, by both windows", () => {
    using under = trackerFor([availability("s", { workflow: "answer" })]);
    burn(10);
    under.tracker.look();
    under.tracker.look();
    const started = under.burns.map(({ state, longWindow }) => `${state} ${longWindow}`);
    expect(started).toEqual(["started 1h", "started 6h", "started 1d", "started 3d"]);
    expect(under.burns[0]).toEqual({
      state: "started",
      slo: "s",
      workflow: "answer",
      objective: 0.9,
      longWindow: "1h",
      shortWindow: "5m",
      factor: 8,
      severity: "page",
      atMs: START_MS,
      sinceMs: START_MS,
      longBurnRate: 10,
      shortBurnRate: 10,
      errorBudgetRemaining: -9,
    });
    under.burns.length = 0;
    under.clock.nowMs += 6 * MINUTE_MS;
    under.tracker.look();
    expect(under.burns).toMatchObject([
      {
        state: "ended",
        longWindow: "1h",
        longBurnRate: 10,
        shortBurnRate: undefined,
        sinceMs: START_MS,
      },
    ]);
  });

  it("needs as many events as the SLO says in its long window", () => {
    using under = trackerFor([availability("s", { minEvents: 11 })]);
    burn(10);
    under.tracker.look();
    expect(under.burns).toEqual([]);
    burn(1);
    under.tracker.look();
    expect(under.burns).toHaveLength(4);
  });

  it("needs a rate above the factor, not at it", () => {
    const alerts = [{ longWindow: "1h", shortWindow: "5m", factor: 5, severity: "page" }] as const;
    using under = trackerFor([availability("s", { alerts })]);
    for (let run = 0; run < 10; run += 1) end({ status: run < 5 ? "error" : "success" });
    under.tracker.look();
    expect(under.burns).toEqual([]);
    burn(1);
    under.tracker.look();
    expect(under.burns).toHaveLength(1);
  });

  it("is in the status, in counts and in log lines of its severity", () => {
    using under = trackerFor([availability("s", { workflow: "answer" })]);
    burn(10);
    expect(under.tracker.status()).toMatchObject([{ isBurning: true }]);
    expect(under.tracker.status()[0]?.alerts[0]).toMatchObject({
      isBurning: true,
      sinceMs: START_MS,
    });
    under.clock.nowMs += 4 * DAY_MS;
    expect(under.tracker.status()[0]?.alerts[0]).not.toHaveProperty("sinceMs");
    expect(under.lines.map(({ event, level }) => `${level} ${event}`)).toEqual([
      "error slo.burn_started",
      "error slo.burn_started",
      "warn slo.burn_started",
      "warn slo.burn_started",
      ...Array.from({ length: 4 }, () => "info slo.burn_ended"),
    ]);
    expect(under.lines[0]).toEqual({
      event: "slo.burn_started",
      level: "error",
      timestampMs: START_MS,
      primitiveName: "answer",
      primitivePath: "answer",
      workflowName: "answer",
      fields: {
        slo: "s",
        severity: "page",
        objective: 0.9,
        long_window: "1h",
        short_window: "5m",
        factor: 8,
        long_burn_rate: 10,
        short_burn_rate: 10,
        error_budget_remaining: -9,
      },
    });
    expect(under.lines.at(-1)?.fields).not.toHaveProperty("long_burn_rate");
    expect(under.burnCounts.get("s 1h started")).toBe(1);
    expect(under.burnCounts.get("s 3d ended")).toBe(1);
  });

  it("has counts with 0 from the start", () => {
    using under = trackerFor([availability("s")]);
    expect([...under.burnCounts.values()]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("is noticed although nobody asks", () => {
    vi.useFakeTimers();
    try {
      using under = trackerFor([availability("s")]);
      burn(10);
      vi.advanceTimersByTime(5000);
      expect(under.burns).toHaveLength(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no pager");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no pager"))],
    [
      "throws what is no error",
      () => {
        throw "no pager";
      },
    ],
  ])("disturbs nobody when its callback %s, but is a problem", async (_how, onBurn) => {
    using under = trackerFor([availability("s")], { onBurn });
    burn(10);
    under.tracker.look();
    await Promise.resolve();
    await Promise.resolve();
    expect(under.problems[0]).toMatchObject({ code: "slo_listener" });
    expect(under.problems[0]?.message).toBe('onBurn failed for the SLO "s": no pager');
    expect(under.lines).toHaveLength(4);
  });
});
