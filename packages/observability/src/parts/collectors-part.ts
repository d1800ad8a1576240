import { createCircuitCollector } from "../collectors/circuit-collector.ts";
import type { CircuitCollector } from "../collectors/circuit-collector.ts";
import { createComponentCollector } from "../collectors/component-collector.ts";
import type { ComponentCollector } from "../collectors/component-collector.ts";
import { createComponentFile } from "../collectors/component-file.ts";
import type { LlmCollector } from "../collectors/llm-collector.ts";
import { createLlmCollector } from "../collectors/llm-collector.ts";
import { sloStatusReader } from "../collectors/slo-status-reader.ts";
import type { SloSurface } from "../slo/slo-surface.ts";
import type { Part } from "./part.ts";
import type { CheckedOptions } from "./checked-options.ts";
import type { Setup } from "./setup.ts";

/** What is known of components, circuit breakers and models. */
export interface CollectorsPart extends Part {
  readonly components: Pick<ComponentCollector, "evaluate" | "snapshot">;
  readonly circuits: Pick<CircuitCollector, "snapshot">;
  readonly llm: LlmCollector;
}

/** Starts the collectors. Without components nothing is read or written. */
export function startCollectorsPart(
  {
    checked,
    shared,
    report,
  }: Pick<Setup, "shared" | "report"> & {
    readonly checked: Pick<CheckedOptions, "components" | "componentState">;
  },
  slo: Pick<SloSurface, "status">,
): CollectorsPart {
  const { registry } = shared;
  const { components, componentState } = checked;
  const store =
    typeof componentState === "string" ? createComponentFile(componentState) : componentState;
  const collector = createComponentCollector({
    components,
    registry,
    root: process.cwd(),
    ...(components.length > 0 && { store }),
    slo: sloStatusReader(slo),
    report,
  });
  const circuits = createCircuitCollector({ registry });
  return {
    components: { evaluate: collector.evaluate, snapshot: collector.snapshot },
    circuits: { snapshot: circuits.snapshot },
    llm: createLlmCollector({ registry }),
    ready: collector.ready,
    release() {
      collector.release();
      circuits.release();
    },
    forceFlush: collector.forceFlush,
    shutdown: collector.shutdown,
  };
}
