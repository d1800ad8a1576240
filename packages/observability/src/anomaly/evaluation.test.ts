import { describe, expect, test } from "vitest";
import { evaluate, makeSeries, ours, plainMad, zScore } from "./evaluation.fixture.ts";

describe("on seeded synthetic seasons with planted events", () => {
  const data = [1, 2, 3].map((seed) => makeSeries(seed, 9));

  test("finds at least 95 % of them at no more than 2 false alarms per series and day", () => {
    const rows = Object.entries({ ours, "z-score": zScore, "plain MAD": plainMad }).map(
      ([method, run]) => ({ method, ...evaluate(run, data) }),
    );
    const table = rows.map(
      ({ method, events, recall, falseAlarmsPerSeriesDay }) =>
        `${method.padEnd(10)} ${events} events, recall ${recall.toFixed(3)}, ${falseAlarmsPerSeriesDay.toFixed(2)} false alarms per series-day`,
    );
    process.stdout.write(`${table.join("\n")}\n`);
    const [found] = rows;
    expect(found!.events).toBeGreaterThan(60);
    expect(found!.recall).toBeGreaterThanOrEqual(0.95);
    expect(found!.falseAlarmsPerSeriesDay).toBeLessThanOrEqual(2);
  }, 60_000);
});
