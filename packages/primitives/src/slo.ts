export {
  burnRate,
  compliance,
  errorBudget,
  errorBudgetRemaining,
  timeToExhaustionMs,
  type SloCounts,
} from "./slo/arithmetic.ts";
export {
  alertErrorRatio,
  burnSeverities,
  defaultBurnAlerts,
  highestBurnRate,
  reachableFactor,
  standardBurnAlerts,
  type BurnAlert,
  type BurnSeverity,
} from "./slo/burn-alert.ts";
export { checkSlos, declareSlos, onSlo } from "./slo/declare-slos.ts";
export { defineSlo } from "./slo/define-slo.ts";
export type {
  AvailabilityIndicator,
  CostIndicator,
  CustomIndicator,
  DefinedIndicator,
  FailureStatus,
  FreshnessIndicator,
  LatencyIndicator,
  QualityIndicator,
  ScoreDirection,
  SloIndicator,
} from "./slo/indicator.ts";
export type { Slo, SloOptions } from "./slo/slo.ts";
export {
  burnWindowMs,
  burnWindows,
  objectiveWindow,
  windowsOf,
  type BurnWindow,
  type SloWindow,
} from "./slo/windows.ts";
export type {
  Component,
  ComponentCoverage,
  ComponentOptions,
  ComponentPart,
} from "./component/component.ts";
export { checkComponents } from "./component/check-components.ts";
export { defineComponent } from "./component/define-component.ts";
export {
  defaultGates,
  OBSERVED_DAYS,
  type ComponentGates,
  type GateOptions,
} from "./component/gates.ts";
export {
  componentStages,
  stageAfter,
  type ComponentStage,
  type GatedStage,
} from "./component/stage.ts";
