import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alertErrorRatio,
  defaultBurnAlerts,
  highestBurnRate,
  reachableFactor,
  standardBurnAlerts,
} from "./burn-alert.ts";
import { burnWindowMs, DAY_MS, windowsOf } from "./windows.ts";

describe("the usual alerts", () => {
  it("are those of the workbook", () => {
    const shown = standardBurnAlerts.map(
      ({ longWindow, shortWindow, factor, severity }) =>
        `${longWindow}/${shortWindow} ${factor} ${severity}`,
    );
    expect(shown).toEqual(["1h/5m 14.4 page", "6h/30m 6 page", "1d/2h 3 ticket", "3d/6h 1 ticket"]);
  });

  it("say which part of a 30-day budget is gone: 2 %, 5 %, 10 %, 10 %", () => {
    const parts = standardBurnAlerts.map(
      ({ longWindow, factor }) => (factor * burnWindowMs(longWindow)) / (30 * DAY_MS),
    );
    expect(parts.map((part) => Math.round(part * 1000) / 1000)).toEqual([0.02, 0.05, 0.1, 0.1]);
  });

  it("keep their factors where the objective allows them", () => {
    const factors = defaultBurnAlerts({ objective: 0.999, windowDays: 30 });
    expect(factors.map(({ factor }) => factor)).toEqual([14.4, 6, 3, 1]);
  });

  it("take 0.8 ÷ (1 − objective) where no burn rate is as high", () => {
    const factors = defaultBurnAlerts({ objective: 0.9, windowDays: 30 });
    expect(factors.map(({ factor }) => factor)).toEqual([8, 6, 3, 1]);
    expect(reachableFactor(14.4, 0.5)).toBe(1.6);
  });

  it("can burn whatever the objective is", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.0001, max: 0.999999, noNaN: true }), (objective) => {
        for (const alert of defaultBurnAlerts({ objective, windowDays: 30 })) {
          expect(alert.factor).toBeLessThan(highestBurnRate(objective));
          expect(alertErrorRatio(alert, objective)).toBeLessThan(1);
        }
      }),
    );
  });

  it("look back no further than the SLO", () => {
    const pairs = (windowDays: number): string[] =>
      defaultBurnAlerts({ objective: 0.99, windowDays }).map(({ longWindow }) => longWindow);
    expect(pairs(1)).toEqual(["1h", "6h", "1d"]);
    expect(pairs(3)).toEqual(["1h", "6h", "1d", "3d"]);
  });
});

describe("the windows of an SLO", () => {
  it("are the seven in which its burn is watched, and its own", () => {
    expect(windowsOf({ windowDays: 30 }).map(({ name }) => name)).toEqual(
      "5m 30m 1h 2h 6h 1d 3d 30d".split(" "),
    );
    expect(windowsOf({ windowDays: 30 }).at(-1)?.lengthMs).toBe(2_592_000_000);
    expect(windowsOf({ windowDays: 30 })[0]?.lengthMs).toBe(300_000);
  });

  it("are there once, also where its own is one of the seven", () => {
    expect(windowsOf({ windowDays: 1 }).map(({ name }) => name)).toEqual(
      "5m 30m 1h 2h 6h 3d 1d".split(" "),
    );
  });
});
