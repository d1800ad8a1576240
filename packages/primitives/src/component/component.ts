import type { Primitive } from "../primitive.ts";
import type { ComponentGates, GateOptions } from "./gates.ts";
import type { ComponentStage, GatedStage } from "./stage.ts";

export interface ComponentOptions {
  /** What it is called: the label `component` of its metrics. */
  readonly name: string;
  readonly stage: ComponentStage;
  /** The workflow that it is; or `primitives`. */
  readonly workflow?: Primitive<never, unknown>;
  /** The primitives that it consists of, the outermost ones alone; each needs a name of its own. Or `workflow`. */
  readonly primitives?: readonly Primitive<never, unknown>[];
  /**
   * Service level objectives that it has to meet, as `defineSlo` makes them or by name.
   *
   * @default those of its workflow
   */
  readonly slos?: readonly (string | { readonly name: string })[];
  /** Path of the document about it. */
  readonly docs?: string;
  /** Who answers for it. */
  readonly owner?: string;
  /** Thresholds that differ from the defaults, by the stage that asks for them; `false` asks for nothing. */
  readonly gates?: GateOptions;
  /** Where the report of its tests' coverage is, and which files of it are the component's. */
  readonly coverage?: ComponentCoverage<string | readonly string[]>;
}

export interface ComponentCoverage<Include = readonly string[]> {
  /** Path of `lcov.info`, `coverage-final.json` or `coverage-summary.json`. */
  readonly report: string;
  /** Globs of the component's files, such as `"src/agents/**"`; one that begins with `!` takes files away. */
  readonly include: Include;
}

/** One of the primitives that a component consists of, as its metrics are labelled. */
export interface ComponentPart {
  readonly name: string;
  readonly type: string;
}

/** A part of a system that matures: data alone, as `defineComponent` makes it. */
export interface Component {
  readonly type: "component";
  readonly name: string;
  readonly stage: ComponentStage;
  readonly parts: readonly ComponentPart[];
  /** Names of its SLOs. */
  readonly slos: readonly string[];
  readonly docs?: string;
  readonly owner?: string;
  /** What each stage asks for, defaults included. */
  readonly gates: Readonly<Record<GatedStage, ComponentGates>>;
  readonly coverage?: ComponentCoverage;
}
