import type { ComponentStage, GatedStage } from "@tta-dev/primitives/slo";

/** What is looked at, as the label `gate` of `component.gate` has it. */
export const gateNames = [
  "coverage",
  "slo_compliance",
  "error_rate",
  "executions",
  "days_observed",
  "docs",
] as const;
export type GateName = (typeof gateNames)[number];

/** One gate of a stage, and how a component stands before it. Plain data. */
export interface GateResult {
  readonly gate: GateName;
  /** `no_data` does not pass: nobody knows whether it would. */
  readonly status: "passed" | "failed" | "no_data";
  /** What was found: a ratio, a count, for `docs` the number of headings; null where nothing is known. */
  readonly value: number | null;
  /** What is asked for, in the same unit: at most that for `error_rate`, at least that for the others. */
  readonly threshold: number;
  /** The value in words. */
  readonly found: string;
  /** The threshold in words. */
  readonly asked: string;
  /** Where the value is from, or why there is none. */
  readonly note: string;
}

/** How a component stands before the gates of one stage. */
export interface StageEvaluation<S extends ComponentStage = ComponentStage> {
  readonly stage: S;
  /** Whether every gate is passed. */
  readonly met: boolean;
  /** The gates that the stage has for this component; none in development. */
  readonly gates: readonly GateResult[];
  /** What is missing, in words, a gate a line. */
  readonly missing: readonly string[];
}

/** How mature a component is. Plain data. */
export interface ComponentEvaluation {
  readonly name: string;
  /** The stage it declares. */
  readonly stage: ComponentStage;
  readonly owner?: string;
  /** Whether it is what it declares to be. */
  readonly declared: StageEvaluation;
  /** What the next stage asks for; null for a component in production. */
  readonly next: StageEvaluation<GatedStage> | null;
}
