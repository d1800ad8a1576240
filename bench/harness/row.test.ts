import { describe, expect, it } from "vitest";
import { summarize, type Row } from "./row.ts";

const ratioRow: Row = {
  name: "r",
  unit: "µs",
  limit: 0.5,
  bounds: "ratio",
  processes: 1,
  pairs: 1,
  measure: async () => [],
};
const valueRow: Row = { ...ratioRow, limit: 4, bounds: "value" };

describe("summarize", () => {
  it("takes the median of the pairs' ratios, not the ratio of the medians", () => {
    const result = summarize(ratioRow, [
      { ours: 1, theirs: 2 },
      { ours: 10, theirs: 40 },
      { ours: 3, theirs: 3 },
    ]);
    expect(result).toMatchObject({
      ours: 3,
      theirs: 3,
      ratio: 0.5,
      p10: 0.3,
      p90: 0.9,
      met: true,
      target: "<= 0.5 x",
    });
  });
  it("says so when the limit is exceeded", () => {
    expect(summarize(ratioRow, [{ ours: 51, theirs: 100 }]).met).toBe(false);
  });
  it("bounds our own value where there is no opponent", () => {
    const result = summarize(
      valueRow,
      [3, 5, 4].map((ours) => ({ ours, theirs: null })),
    );
    expect(result).toMatchObject({
      ours: 4,
      theirs: null,
      ratio: null,
      met: true,
      target: "<= 4 µs",
    });
    expect(summarize(valueRow, [{ ours: 4.1, theirs: null }]).met).toBe(false);
  });
  it("refuses what is no number", () => {
    expect(() => summarize(valueRow, [{ ours: Number.NaN, theirs: null }])).toThrow(/finite/);
    expect(() => summarize(ratioRow, [{ ours: 1, theirs: 0 }])).toThrow(/finite/);
  });
  it("refuses a ratio without an opponent", () => {
    expect(() => summarize(ratioRow, [{ ours: 1, theirs: null }])).toThrow(/bounds a ratio/);
  });
});
