import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { workflow } from "@tta-dev/primitives";
import { defineComponent, type ComponentOptions } from "@tta-dev/primitives/slo";
import { evaluateComponent, openGates } from "./evaluate-component.ts";
import type { GateName, GateResult } from "./evaluation.ts";
import type { ComponentReadings } from "./readings.ts";

const greet = workflow("greet", (name: string) => name);
const define = (options: Partial<ComponentOptions> = {}) =>
  defineComponent({ name: "greeter", stage: "staging", workflow: greet, slos: ["a"], ...options });

/** Good enough for every gate. */
const best: ComponentReadings = {
  coverage: { covered: 95, lines: 100, note: "100 lines" },
  docs: { headings: 3, note: "README.md" },
  use: () => ({ executions: 5_000, errors: 10, note: "in the last 30 days" }),
  days: () => ({ days: 12, note: "of the last 30" }),
  slo: () => ({ compliance: 0.999, errorBudgetRemaining: 0.5 }),
};

const gateOf = (
  readings: Partial<ComponentReadings>,
  name: GateName,
  options: Partial<ComponentOptions> = {},
): GateResult =>
  openGates(evaluateComponent(define(options), { ...best, ...readings })).find(
    ({ gate }) => gate === name,
  )!;

describe("evaluateComponent", () => {
  it("says stage, gates and what is next", () => {
    const evaluation = evaluateComponent(define({ owner: "desk" }), best);
    expect(evaluation).toMatchObject({
      name: "greeter",
      stage: "staging",
      owner: "desk",
      declared: { stage: "staging", met: true, missing: [] },
      next: { stage: "production", met: true, missing: [] },
    });
    expect(evaluation.next?.gates.map(({ gate, found, asked }) => [gate, found, asked])).toEqual([
      ["coverage", "95 %", "at least 80 %"],
      ["slo_compliance", "1 of 1 met", "all SLOs met"],
      ["error_rate", "0.2 %", "at most 1 %"],
      ["executions", "5,000", "at least 1,000"],
      ["days_observed", "12", "at least 7"],
      ["docs", "3 headings", "a document"],
    ]);
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
  });

  it("asks nothing of development, and has nothing above production", () => {
    const young = evaluateComponent(define({ stage: "development" }), best);
    expect(young.declared).toEqual({ stage: "development", met: true, gates: [], missing: [] });
    expect(young.next?.stage).toBe("staging");
    const old = evaluateComponent(define({ stage: "production" }), best);
    expect(old.next).toBeNull();
    expect(openGates(old)).toBe(old.declared.gates);
  });

  it("leaves out what a stage does not ask for", () => {
    const component = define({
      stage: "development",
      gates: { staging: { docs: false, coverage: false } },
    });
    expect(openGates(evaluateComponent(component, best)).map(({ gate }) => gate)).toEqual([
      "error_rate",
      "executions",
      "days_observed",
    ]);
  });

  it("says in words what is missing", () => {
    const { next } = evaluateComponent(define({ slos: ["fast", "right", "new"] }), {
      coverage: { noData: "coverage/lcov.info does not exist" },
      docs: { headings: 0, note: "it declares no document" },
      use: () => ({ executions: 412, errors: 9, note: "in the last 30 days" }),
      days: () => ({ days: 2, note: "of the last 30" }),
      slo: (name) =>
        name === "fast"
          ? { compliance: 0.9799, errorBudgetRemaining: -1 }
          : name === "right"
            ? { errorBudgetRemaining: 0 }
            : undefined,
    });
    expect(next?.met).toBe(false);
    expect(next?.missing).toEqual([
      "coverage: no data, asked for: at least 80 % (coverage/lcov.info does not exist)",
      "SLO compliance: 1 of 3 met, asked for: all SLOs met (fast is missed at 97.9 %, new has no data)",
      "error rate: 2.19 %, asked for: at most 1 % (9 of 412 in the last 30 days)",
      "executions: 412, asked for: at least 1,000 (in the last 30 days)",
      "days observed: 2, asked for: at least 7 (of the last 30)",
      "docs: none, asked for: a document (it declares no document)",
    ]);
  });

  it("passes a gate exactly from its threshold on", () => {
    const note = "";
    expect(gateOf({ coverage: { covered: 8, lines: 10, note } }, "coverage").status).toBe("passed");
    const atLimits = {
      use: () => ({ executions: 1_000, errors: 10, note }),
      days: () => ({ days: 7, note }),
    };
    for (const gate of ["error_rate", "executions", "days_observed"] as const)
      expect(gateOf(atLimits, gate).status).toBe("passed");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(5_000), (lines, part) => {
        const covered = Math.min(part, lines);
        const { status, found } = gateOf({ coverage: { covered, lines, note: "" } }, "coverage");
        expect(status).toBe(covered * 5 >= lines * 4 ? "passed" : "failed");
        // What is short never reads as if it were enough.
        expect(Number.parseFloat(found) >= 80).toBe(status === "passed");
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(200), (executions, part) => {
        const errors = Math.min(part, executions);
        const use = () => ({ executions, errors, note: "" });
        const { status, found } = gateOf({ use }, "error_rate");
        expect(status).toBe(errors * 100 <= executions ? "passed" : "failed");
        expect(Number.parseFloat(found) <= 1).toBe(status === "passed");
      }),
    );
  });

  it("does not know an error rate without executions", () => {
    const use = () => ({ executions: 0, errors: 0, note: "in the last 30 days" });
    expect(gateOf({ use }, "error_rate")).toMatchObject({
      status: "no_data",
      value: null,
      note: "no executions in the last 30 days",
    });
    expect(gateOf({ use }, "executions")).toMatchObject({ status: "failed", value: 0 });
  });

  it("has no data where a source is missing", () => {
    const noData = { noData: "no state file" };
    const readings = { use: () => noData, days: () => noData, slo: () => undefined };
    for (const gate of ["error_rate", "executions", "days_observed", "slo_compliance"] as const)
      expect(gateOf(readings, gate)).toMatchObject({ status: "no_data", value: null });
  });

  it("cannot pass the gate of SLOs without one", () => {
    expect(gateOf({}, "slo_compliance", { slos: [] })).toMatchObject({
      status: "failed",
      note: "it declares no SLO",
    });
  });

  it("fails a share of SLOs only when those without data could not help", () => {
    const half = { gates: { production: { sloCompliance: 0.5 } }, slos: ["a", "b", "c"] };
    const met = { errorBudgetRemaining: 1 };
    const missed = { errorBudgetRemaining: -1 };
    const status = (...readings: readonly (typeof met | undefined)[]) =>
      gateOf({ slo: (name) => readings["abc".indexOf(name)] }, "slo_compliance", half);
    expect(status(met, met, undefined)).toMatchObject({
      status: "passed",
      asked: "50 % of SLOs met",
    });
    expect(status(met, undefined, undefined).status).toBe("no_data");
    expect(status(met, missed, undefined).status).toBe("no_data");
    expect(status(missed, missed, undefined)).toMatchObject({
      status: "failed",
      note: "a is missed, b is missed, c has no data",
    });
  });
});
