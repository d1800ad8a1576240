import { stageAfter } from "@tta-dev/primitives/slo";
import type { Component, GatedStage } from "@tta-dev/primitives/slo";
import type { ComponentEvaluation, GateName, GateResult, StageEvaluation } from "./evaluation.ts";
import { judgeGates } from "./gates.ts";
import type { ComponentReadings } from "./readings.ts";

const GATE_WORDS: Readonly<Record<GateName, string>> = {
  coverage: "coverage",
  slo_compliance: "SLO compliance",
  error_rate: "error rate",
  executions: "executions",
  days_observed: "days observed",
  docs: "docs",
};

/** Holds a component against the gates of its own stage and of the next. Reads nothing but what it is given. */
export function evaluateComponent(
  component: Component,
  readings: ComponentReadings,
): ComponentEvaluation {
  const { name, stage, owner } = component;
  const nextStage = stageAfter(stage);
  return {
    name,
    stage,
    ...(owner !== undefined && { owner }),
    declared:
      stage === "development"
        ? { stage, met: true, gates: [], missing: [] }
        : evaluateStage(component, stage, readings),
    next: nextStage === undefined ? null : evaluateStage(component, nextStage, readings),
  };
}

/** The gates that are still to be passed; for a component in production those of production. */
export function openGates({ declared, next }: ComponentEvaluation): readonly GateResult[] {
  return (next ?? declared).gates;
}

/** Puts into words what a gate is short of. */
export function missingWords({ gate, found, asked, note }: GateResult): string {
  const words = `${GATE_WORDS[gate]}: ${found}, asked for: ${asked}`;
  return note === "" ? words : `${words} (${note})`;
}

function evaluateStage<S extends GatedStage>(
  component: Component,
  stage: S,
  { coverage, docs, use, days, slo }: ComponentReadings,
): StageEvaluation<S> {
  const gates = judgeGates(component, component.gates[stage], {
    coverage,
    docs,
    slo,
    use: use(stage),
    days: days(stage),
  });
  const missing = gates.filter(({ status }) => status !== "passed").map(missingWords);
  return { stage, met: missing.length === 0, gates, missing };
}
