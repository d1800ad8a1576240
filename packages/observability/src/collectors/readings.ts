import type { GatedStage } from "@tta-dev/primitives/slo";

/** Why something is not known, in words. */
export interface NoData {
  readonly noData: string;
}

/** How many of a component's lines its tests run. */
export interface CoverageReading {
  readonly covered: number;
  readonly lines: number;
  /** Where this is from, and what is doubtful about it. */
  readonly note: string;
}

/** What was found in the document about a component. */
export interface DocsReading {
  readonly headings: number;
  readonly note: string;
}

/** How a component was used. Calls that their caller gave up are left out: they say nothing of it. */
export interface UseReading {
  readonly executions: number;
  readonly errors: number;
  readonly note: string;
}

export interface DaysReading {
  /** Days with an execution. */
  readonly days: number;
  readonly note: string;
}

/** How an SLO stands. */
export interface SloReading {
  /** Good events by all events. */
  readonly compliance?: number;
  /** Part of the error budget that is left; negative once overspent. */
  readonly errorBudgetRemaining: number;
}

/** Looks up how an SLO stands; undefined where that is not known. */
export type SloReader = (name: string) => SloReading | undefined;

/** All that a component is judged by. */
export interface ComponentReadings {
  readonly coverage: CoverageReading | NoData;
  readonly docs: DocsReading;
  /** What counts as use differs by the stage that asks: see `useFor`. */
  readonly use: (target: GatedStage) => UseReading | NoData;
  readonly days: (target: GatedStage) => DaysReading | NoData;
  readonly slo: SloReader;
}

export function isNoData(reading: object): reading is NoData {
  return "noData" in reading;
}
