import { checkNumber, checkOptions, describe, type NumberRule } from "../options.ts";
import type { GatedStage } from "./stage.ts";

/** What a component has to show before it may be at a stage. `false`: that is not asked for. */
export interface ComponentGates {
  /** The least part of the component's lines that its tests run, from 0 to 1. */
  readonly coverage: number | false;
  /** The least part of the component's SLOs that are met, from 0 to 1; with none declared, none are met. */
  readonly sloCompliance: number | false;
  /** The most failures by executions, from 0 to 1. */
  readonly errorRate: number | false;
  /** The least number of executions in the last 30 days. */
  readonly executions: number | false;
  /** The least number of days with an execution, of the last 30. */
  readonly daysObserved: number | false;
  /** Whether there has to be a document. */
  readonly docs: boolean;
}

/** The days that are looked at: what is older counts for nothing. */
export const OBSERVED_DAYS = 30;

/**
 * What is asked for unless a component says otherwise.
 *
 * 70 % coverage for staging is the project's target for a package that leaves development; production asks for more of
 * everything, for a week of use and for SLOs that are met.
 */
export const defaultGates: Readonly<Record<GatedStage, ComponentGates>> = Object.freeze({
  staging: Object.freeze({
    coverage: 0.7,
    sloCompliance: false,
    errorRate: 0.05,
    executions: 100,
    daysObserved: 1,
    docs: true,
  }),
  production: Object.freeze({
    coverage: 0.8,
    sloCompliance: 1,
    errorRate: 0.01,
    executions: 1_000,
    daysObserved: 7,
    docs: true,
  }),
});

const RATIO: NumberRule = { min: 0, max: 1 };
const RULES: Readonly<Record<Exclude<keyof ComponentGates, "docs">, NumberRule>> = {
  coverage: RATIO,
  sloCompliance: RATIO,
  errorRate: RATIO,
  executions: { min: 1, integer: true },
  daysObserved: { min: 1, max: OBSERVED_DAYS, integer: true },
};

/** Thresholds that differ from the defaults, by the stage that asks for them. */
export type GateOptions = { readonly [S in GatedStage]?: Partial<ComponentGates> };

/**
 * Puts a component's own thresholds over the defaults.
 *
 * @param option What the options are called in messages.
 * @throws TypeError or RangeError that names the option, its value and what was expected.
 */
export function gatesFrom(
  options: GateOptions | undefined,
  option: string,
): Readonly<Record<GatedStage, ComponentGates>> {
  if (options === undefined) return defaultGates;
  checkOptions(options, option);
  checkKeys(options, Object.keys(defaultGates), option);
  return Object.freeze({
    staging: stageGates("staging", options, option),
    production: stageGates("production", options, option),
  });
}

function stageGates(stage: GatedStage, options: GateOptions, option: string): ComponentGates {
  const given = options[stage];
  if (given === undefined) return defaultGates[stage];
  const here = `${option}.${stage}`;
  checkOptions(given, here);
  checkKeys(given, Object.keys(defaultGates[stage]), here);
  const { docs = defaultGates[stage].docs } = given;
  if (typeof docs !== "boolean")
    throw new TypeError(`${here}.docs: expected true or false, got ${describe(docs)}`);
  const threshold = (gate: keyof typeof RULES): number | false => {
    const { [gate]: value = defaultGates[stage][gate] } = given;
    return value === false ? false : checkNumber(value, `${here}.${gate}`, RULES[gate]);
  };
  return Object.freeze({
    coverage: threshold("coverage"),
    sloCompliance: threshold("sloCompliance"),
    errorRate: threshold("errorRate"),
    executions: threshold("executions"),
    daysObserved: threshold("daysObserved"),
    docs,
  });
}

/** A gate that is misspelt would ask for nothing, and nobody would notice. */
export function checkKeys(given: object, known: readonly string[], option: string): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new TypeError(
      `${option}: "${unknown}" is none of its fields; expected ${known.join(", ")}`,
    );
}
