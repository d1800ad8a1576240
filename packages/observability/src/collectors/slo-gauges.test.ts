import { describe, expect, it } from "vitest";
import { sloReader } from "./slo-gauges.ts";

const value = (slo: string, window: string, one: number) => ({ slo, window, value: one });

describe("sloReader", () => {
  it("takes the longest window, which is the objective's", () => {
    const read = sloReader(
      [value("fast", "5m", 1), value("fast", "30d", 0.99), value("fast", "3d", 0.5)],
      [value("fast", "30d", 0.2), value("fast", "1h", -4)],
    );
    expect(read("fast")).toEqual({ compliance: 0.99, errorBudgetRemaining: 0.2 });
  });

  it("takes the worst of several processes", () => {
    const read = sloReader([], [value("fast", "30d", 0.2), value("fast", "30d", -1)]);
    expect(read("fast")).toEqual({ errorBudgetRemaining: -1 });
  });

  it("knows nothing of an SLO without a budget", () => {
    const read = sloReader([value("fast", "30d", 1)], [value("odd", "soon", 1)]);
    expect(read("fast")).toBeUndefined();
    expect(read("odd")).toEqual({ errorBudgetRemaining: 1 });
  });
});
