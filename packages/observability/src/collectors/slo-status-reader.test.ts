import { describe, expect, it } from "vitest";
import type { SloStatus } from "../slo/slo-status.ts";
import { sloStatusReader } from "./slo-status-reader.ts";

const read = (status: Partial<SloStatus>) =>
  sloStatusReader({ status: (name) => (name === "fast" ? [status as SloStatus] : []) })("fast");

describe("sloStatusReader", () => {
  it("passes on what the tracker says", () => {
    expect(read({ state: "met", compliance: 0.99, errorBudgetRemaining: 0.5 })).toEqual({
      compliance: 0.99,
      errorBudgetRemaining: 0.5,
    });
    expect(read({ state: "missed", compliance: undefined, errorBudgetRemaining: -1 })).toEqual({
      errorBudgetRemaining: -1,
    });
  });

  it("knows nothing without enough events, nor of an SLO that is not tracked", () => {
    expect(read({ state: "too_few_events", errorBudgetRemaining: 1 })).toBeUndefined();
    expect(read({ state: "no_data" })).toBeUndefined();
    expect(read({ state: "met", errorBudgetRemaining: undefined })).toBeUndefined();
    expect(sloStatusReader({ status: () => [] })("fast")).toBeUndefined();
  });
});
