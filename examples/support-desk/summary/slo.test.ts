import type { SloStatus } from "@tta-dev/observability";
import { expect, test } from "vitest";
import { summarizeSlo } from "./slo.ts";

const status: SloStatus = {
  name: "tickets-answered",
  indicator: { kind: "availability", bad: [], ignored: [] },
  objective: 0.95,
  windowDays: 30,
  minEvents: 10,
  state: "no_data",
  events: 0,
  bad: 0,
  compliance: undefined,
  errorBudgetRemaining: undefined,
  timeToExhaustionMs: Infinity,
  isBurning: false,
  alerts: [],
  windows: [],
};

test("an SLO of which nothing is known is data that JSON gives back as it was", () => {
  const summary = summarizeSlo(status);
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  expect(summary).toMatchObject({ compliance: null, errorBudgetRemaining: null });
});
