import {
  createCircuitCollector,
  createComponentCollector,
  createComponentFile,
  createLlmCollector,
} from "@tta-dev/observability/collectors";
import type {
  CircuitCollector,
  ComponentCollector,
  LlmCollector,
} from "@tta-dev/observability/collectors";
import { slot } from "@tta-dev/primitives";
import type { Component } from "@tta-dev/primitives/slo";

/** What watches the desk's agents, its circuit breakers and its models. */
export interface DeskCollectors {
  readonly components: ComponentCollector;
  readonly circuits: CircuitCollector;
  readonly llm: LlmCollector;
}

/** Options of `startCollectors`. */
export interface CollectorsOptions {
  readonly components: readonly Component[];
  /** File in which it is kept what the agents did, from one run of the demo to the next. */
  readonly state: string;
  readonly onProblem: (problem: { readonly code: string; readonly message: string }) => void;
}

/** Starts to watch: what happens from now on counts. */
export function startCollectors({
  components,
  state,
  onProblem,
}: CollectorsOptions): DeskCollectors {
  const { registry } = slot();
  return {
    components: createComponentCollector({
      components,
      registry,
      root: import.meta.dirname,
      store: createComponentFile(state),
      report: onProblem,
    }),
    circuits: createCircuitCollector({ registry }),
    llm: createLlmCollector({ registry }),
  };
}
