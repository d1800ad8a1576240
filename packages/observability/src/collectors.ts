export {
  createCircuitCollector,
  type CircuitCollector,
  type CircuitCollectorOptions,
  type CircuitSnapshot,
} from "./collectors/circuit-collector.ts";
export type { CircuitTransition } from "./collectors/circuit-track.ts";
export {
  createComponentCollector,
  type ComponentCollector,
  type ComponentCollectorOptions,
} from "./collectors/component-collector.ts";
export { createComponentFile } from "./collectors/component-file.ts";
export { createComponentFiles } from "./collectors/component-files.ts";
export {
  parseState,
  type ComponentState,
  type ComponentStore,
} from "./collectors/component-state.ts";
export { evaluateComponent, missingWords } from "./collectors/evaluate-component.ts";
export { gateNames } from "./collectors/evaluation.ts";
export type {
  ComponentEvaluation,
  GateName,
  GateResult,
  StageEvaluation,
} from "./collectors/evaluation.ts";
export {
  createLlmCollector,
  type LlmCollector,
  type LlmFigures,
  type LlmModel,
  type LlmProvider,
  type LlmSnapshot,
  type LlmTier,
} from "./collectors/llm-collector.ts";
export type { LlmTimes, LlmTokens } from "./collectors/llm-figures.ts";
export type {
  ComponentReadings,
  NoData,
  SloReader,
  SloReading,
  UseReading,
} from "./collectors/readings.ts";
export { sloReader, type SloValue } from "./collectors/slo-gauges.ts";
export { countUse, type UseCount } from "./collectors/use-counts.ts";
export { mergeDays, useFor, type UseDay } from "./collectors/use-days.ts";
