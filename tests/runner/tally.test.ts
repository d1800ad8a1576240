import { describe, expect, it } from "vitest";
import { failure, size, summaryLine, total } from "../../scripts/tally.ts";

const tally = {
  passed: 2,
  failed: 1,
  skipped: ["no redis", "no chromium", "no redis"],
  problems: ["x"],
};

describe("a tally", () => {
  it("is written with each reason once", () => {
    expect(summaryLine(tally)).toBe("2 passed, 1 failed, 3 skipped (no chromium; no redis)");
  });

  it("is written with a reason when nothing was skipped", () => {
    expect(summaryLine(total([]))).toBe("0 passed, 0 failed, 0 skipped (none)");
  });

  it("adds up", () => {
    const sum = total([tally, tally, failure("y")]);
    expect(sum).toMatchObject({ passed: 4, failed: 3, problems: ["x", "x", "y"] });
    expect(size(sum)).toBe(13);
  });
});
