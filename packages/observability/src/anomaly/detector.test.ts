import { describe, expect, test } from "vitest";
import type { Verdict } from "./detector.ts";
import { createDetector } from "./detector.ts";
import { seeded } from "./evaluation.fixture.ts";
import { anomalySettings } from "./options.ts";

const MINUTE_MS = 60_000;
const DAY = 1440;

/** Feeds a value for every minute and keeps what changed. */
function changes(
  minutes: number,
  valueAt: (minute: number, noise: number) => number,
  evidence = 1e6,
): readonly [minute: number, Verdict["change"]][] {
  const detector = createDetector(anomalySettings());
  const random = seeded(7);
  const found: [number, Verdict["change"]][] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const value = valueAt(minute, 1 + 0.02 * (random() - 0.5));
    const { change } = detector.observe({
      atMs: minute * MINUTE_MS,
      value,
      evidence: () => evidence,
    });
    if (change !== undefined) found.push([minute, change]);
  }
  return found;
}

const morning = (minute: number): number => (minute % DAY < 480 ? 1 : 20);

describe("a detector", () => {
  test("needs two unusual buckets of three to begin, and three usual ones to end", () => {
    const spike = (from: number, to: number): readonly [number, Verdict["change"]][] =>
      changes(200, (minute, noise) => (minute >= from && minute < to ? 3 : 1) * noise);
    expect(spike(100, 101)).toEqual([]);
    expect(spike(100, 110)).toEqual([
      [101, "started"],
      [112, "ended"],
    ]);
  });

  test("says nothing before it has seen enough", () => {
    expect(changes(30, (minute) => (minute > 20 ? 100 : 1))).toEqual([]);
  });

  test("takes a daily step for an anomaly until it has seen it twice", () => {
    const steps = changes(5 * DAY, (minute, noise) => morning(minute) * noise);
    const days = new Set(steps.map(([minute]) => Math.floor(minute / DAY)));
    expect(days.has(0)).toBe(true);
    expect([...days].every((day) => day < 3)).toBe(true);
  });

  test("finds what is usual at noon unusual at night", () => {
    const night = 4 * DAY + 120;
    const found = changes(5 * DAY, (minute, noise) =>
      minute >= night && minute < night + 20 ? 20 * noise : morning(minute) * noise,
    );
    expect(found.filter(([minute]) => minute >= 3 * DAY)[0]).toEqual([night + 1, "started"]);
  });

  test("takes a lasting shift for the new level in the end", () => {
    const found = changes(600, (minute, noise) => (minute >= 300 ? 3 : 1) * noise);
    expect(found.map(([, change]) => change)).toEqual(["started", "ended"]);
    expect(found[1]![0]).toBeLessThan(300 + 130);
  });

  test("expects few events to scatter", () => {
    const twofold = (minute: number, noise: number): number =>
      (minute >= 100 && minute < 110 ? 2 : 1) * noise;
    expect(changes(200, twofold, 1000)).not.toEqual([]);
    expect(changes(200, twofold, 10)).toEqual([]);
  });
});
