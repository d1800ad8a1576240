import { describe, expect, it } from "vitest";
import { watchFreshness, type FreshnessWatch } from "./freshness.ts";
import { HOUR_MS, MINUTE_MS, START_MS } from "./slo.fixture.ts";

function hourly(): FreshnessWatch {
  return watchFreshness({ maxAgeMs: HOUR_MS, checkEveryMs: MINUTE_MS, startMs: START_MS });
}

describe("freshness", () => {
  it("is looked at once an interval", () => {
    const watch = hourly();
    watch.succeeded(START_MS);
    const verdicts = [1000, MINUTE_MS, MINUTE_MS + 5000, 2 * MINUTE_MS + 1].map((afterMs) =>
      watch.look(START_MS + afterMs),
    );
    expect(verdicts).toEqual([undefined, "good", undefined, "good"]);
  });

  it("is lost when the last success is older than it may be", () => {
    const watch = hourly();
    watch.succeeded(START_MS);
    expect(watch.look(START_MS + HOUR_MS)).toBe("good");
    expect(watch.look(START_MS + HOUR_MS + MINUTE_MS)).toBe("bad");
    watch.succeeded(START_MS + HOUR_MS + MINUTE_MS + 1);
    expect(watch.look(START_MS + HOUR_MS + 2 * MINUTE_MS)).toBe("good");
  });

  it("says nothing before the first success, until it has been awaited for too long", () => {
    const watch = hourly();
    expect(watch.look(START_MS + HOUR_MS)).toBeUndefined();
    expect(watch.look(START_MS + HOUR_MS + MINUTE_MS)).toBe("bad");
  });

  it("does not make up for looks that were missed, and goes by the latest success", () => {
    const watch = hourly();
    watch.succeeded(START_MS + 5);
    watch.succeeded(START_MS);
    expect(watch.lastSuccessAtMs()).toBe(START_MS + 5);
    expect(watch.look(START_MS + 30 * MINUTE_MS)).toBe("good");
    expect(watch.look(START_MS + 30 * MINUTE_MS + 1)).toBeUndefined();
  });
});
