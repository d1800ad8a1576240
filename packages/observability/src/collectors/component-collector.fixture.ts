import { createRegistry, workflow, type Registry } from "@tta-dev/primitives";
import { defineComponent, type Component, type ComponentOptions } from "@tta-dev/primitives/slo";
import type { ProblemReport } from "../problem.ts";
import {
  createComponentCollector,
  type ComponentCollector,
  type ComponentCollectorOptions,
} from "./component-collector.ts";
import type { ComponentStore } from "./component-state.ts";

/** Noon, so that a test's hours stay on one day. */
const noonMs = Date.UTC(2026, 10, 20, 12);

/** Executions that a registry is to have counted. */
export function record(
  registry: Registry,
  name: string,
  by: { readonly times?: number; readonly status?: "success" | "error" | "cancelled" } = {},
): void {
  const { times = 1, status = "success" } = by;
  registry
    .counter("primitive.execution.count")
    .bind({ primitive_name: name, primitive_type: "workflow", workflow_name: name, status })
    .add(times);
}

export function component(name: string, options: Partial<ComponentOptions> = {}): Component {
  return defineComponent({
    name,
    stage: "development",
    workflow: workflow(name, (text: string) => text),
    gates: { staging: { docs: false, coverage: false } },
    ...options,
  });
}

/** A store in memory, which can be made to fail. */
export function memoryStore(): ComponentStore & { text: string | undefined; fails: string } {
  return {
    text: undefined,
    fails: "",
    async load() {
      if (this.fails === "load") throw new Error("out of reach");
      return this.text;
    },
    async save(state) {
      if (this.fails === "save") throw new Error("disk full");
      this.text = state;
    },
  };
}

export interface WatchedProcess {
  readonly registry: Registry;
  readonly clock: { nowMs: number };
  readonly problems: readonly ProblemReport[];
  readonly collector: ComponentCollector;
}

/** A process that watches components, with a clock of its own. */
export function startProcess(options: Partial<ComponentCollectorOptions> = {}): WatchedProcess {
  const registry = createRegistry();
  const clock = { nowMs: noonMs };
  const problems: ProblemReport[] = [];
  const collector = createComponentCollector({
    components: [component("a")],
    registry,
    root: import.meta.dirname,
    now: () => clock.nowMs,
    report: (problem) => problems.push(problem),
    ...options,
  });
  return { registry, clock, problems, collector };
}
