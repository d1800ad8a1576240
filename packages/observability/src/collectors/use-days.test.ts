import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { componentStages, type GatedStage } from "@tta-dev/primitives/slo";
import { DAY_MS, dayOf, mergeDays, useFor, type UseDay } from "./use-days.ts";

const nowMs = Date.UTC(2026, 10, 20, 12);
const row = (daysAgo: number, stage: UseDay["stage"], executions = 1, errors = 0): UseDay => ({
  day: dayOf(nowMs - daysAgo * DAY_MS),
  stage,
  executions,
  errors,
});
const anyRow = fc
  .record({
    daysAgo: fc.integer({ min: 0, max: 45 }),
    stage: fc.constantFrom(...componentStages),
    executions: fc.nat(1_000),
    errors: fc.nat(1_000),
  })
  .map(({ daysAgo, stage, executions, errors }) => row(daysAgo, stage, executions, errors));

describe("mergeDays", () => {
  it("keeps a row for a day and a stage, oldest first, of the last 30 days", () => {
    const rows = [row(0, "staging", 2, 1), row(29, "staging"), row(30, "staging")];
    expect(mergeDays([...rows, row(0, "staging", 3), row(0, "production")], nowMs)).toEqual([
      row(29, "staging"),
      row(0, "staging", 5, 1),
      row(0, "production"),
    ]);
  });

  it("never keeps more than a month of each stage, and loses nothing of it", () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 300 }), (rows) => {
        const merged = mergeDays(rows, nowMs);
        expect(merged.length).toBeLessThanOrEqual(90);
        const young = rows.filter(({ day }) => day >= dayOf(nowMs - 29 * DAY_MS));
        const sum = (of: readonly UseDay[]): number =>
          of.reduce((total, { executions, errors }) => total + executions * 7 + errors, 0);
        expect(sum(merged)).toBe(sum(young));
      }),
    );
  });

  it("gives the same in whichever order and in however many steps rows are added", () => {
    fc.assert(
      fc.property(fc.array(anyRow), fc.array(anyRow), (some, others) => {
        const byKey = (rows: readonly UseDay[]): readonly UseDay[] =>
          rows.toSorted((one, other) =>
            `${one.day} ${one.stage}`.localeCompare(`${other.day} ${other.stage}`),
          );
        const inSteps = mergeDays([...mergeDays(others, nowMs), ...some], nowMs);
        expect(byKey(inSteps)).toEqual(byKey(mergeDays([...some, ...others], nowMs)));
      }),
    );
  });
});

describe("useFor", () => {
  it("counts for production what happened in staging and production, not in development", () => {
    const rows = [
      row(3, "development", 100, 50),
      row(2, "staging", 10, 1),
      row(1, "staging", 0, 0),
      row(0, "staging", 5),
      row(0, "production", 2, 1),
    ];
    expect(useFor(rows, "production")).toEqual({ executions: 17, errors: 2, days: 2 });
    expect(useFor(rows, "staging")).toEqual({ executions: 117, errors: 52, days: 3 });
  });

  it("never asks staging for more than production", () => {
    fc.assert(
      fc.property(fc.array(anyRow), (rows) => {
        const [staging, production] = (["staging", "production"] satisfies GatedStage[]).map(
          (target) => useFor(rows, target),
        );
        expect(staging!.executions).toBeGreaterThanOrEqual(production!.executions);
        expect(staging!.days).toBeGreaterThanOrEqual(production!.days);
      }),
    );
  });
});
