import type { Registry, Snapshot } from "@tta-dev/primitives";
import { checkComponents, componentStages } from "@tta-dev/primitives/slo";
import type { Component } from "@tta-dev/primitives/slo";
import type { Report } from "../problem.ts";
import { createComponentEvidence } from "./component-evidence.ts";
import { createComponentFiles } from "./component-files.ts";
import { createComponentKeeper } from "./component-keeper.ts";
import type { ComponentStore, SloState } from "./component-state.ts";
import { evaluateComponent, openGates } from "./evaluate-component.ts";
import type { ComponentEvaluation } from "./evaluation.ts";
import { numbersOf } from "./metric-series.ts";
import { isNoData, type ComponentReadings, type SloReader } from "./readings.ts";
import { sloReader } from "./slo-gauges.ts";
import { readUse } from "./use-counts.ts";
import { useFor } from "./use-days.ts";

export interface ComponentCollectorOptions {
  readonly components: readonly Component[];
  readonly registry: Registry;
  /** Folder that paths and globs of the components are relative to. */
  readonly root: string;
  /** Where executions and days are kept across restarts. @default nowhere */
  readonly store?: ComponentStore;
  /** How SLOs stand. @default what the registry's `slo.*` gauges say */
  readonly slo?: SloReader;
  /** Between two looks at the counters and the files, and the most that a crash loses, milliseconds. @default 15000 */
  readonly intervalMs?: number;
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
  readonly report: Report;
}

/** Knows how mature the components of the process are. */
export interface ComponentCollector {
  /** Resolves when the files and the state were read for the first time. Never rejects. */
  readonly ready: Promise<void>;
  /** Says how a component stands now. @throws RangeError where there is none of that name */
  readonly evaluate: (name: string) => ComponentEvaluation;
  /** Says how every component stands now: plain data. */
  readonly snapshot: () => readonly ComponentEvaluation[];
  /** Reads the files again, counts, and saves. Never rejects. */
  readonly forceFlush: () => Promise<void>;
  /** Ends the timer and the metrics. */
  readonly release: () => void;
  /** Saves a last time. Never rejects. */
  readonly shutdown: () => Promise<void>;
}

/**
 * Starts to watch components: evaluations, the metrics `component.*`, and evidence that survives restarts.
 *
 * @throws TypeError when one is no component, RangeError when two share a name
 */
export function createComponentCollector(options: ComponentCollectorOptions): ComponentCollector {
  const { registry, root, store, slo, report } = options;
  const components = checkComponents(
    options.components,
    "createComponentCollector({ components })",
  );
  const { now = Date.now, intervalMs = 15_000 } = options;
  // What happened before was nobody's to watch; a second collector of the process must not count it again.
  let latest = lookAt(registry.snapshot());
  const evidence = createComponentEvidence(components, latest.use);
  const files = createComponentFiles(components, root);

  function lookAt(snapshot: Snapshot) {
    return { use: readUse(snapshot, components), slo: slo ?? slosOf(snapshot) };
  }

  function readingsOf(index: number, look: typeof latest): ComponentReadings {
    const days = evidence.daysOf(index, look.use, now());
    const note = "in the last 30 days";
    return {
      ...files.readings(index),
      use: (target) => ({ ...useFor(days, target), note }),
      days: (target) => ({ ...useFor(days, target), note: "of the last 30" }),
      slo: look.slo,
    };
  }

  const evaluateAt = (index: number, look: typeof latest): ComponentEvaluation =>
    evaluateComponent(components[index]!, readingsOf(index, look));

  const keeper = createComponentKeeper({ evidence, store, now, report });
  const look = (): void => {
    latest = lookAt(registry.snapshot());
    evidence.count(latest.use, now());
  };
  const refresh = async (): Promise<void> => {
    look();
    const slos = sloStates(components, latest.slo, now());
    await Promise.all([files.read(), keeper.save(slos)]);
  };
  const ready = Promise.all([files.read(), keeper.load()]).then(() => undefined);
  const timer = setInterval(() => void refresh(), intervalMs);
  timer.unref();

  // Callbacks run while a snapshot is taken: they must not take one, and show what was seen last.
  const watched = [
    registry.observe("component.maturity.stage", () =>
      components.map(({ name, stage }) => ({
        labels: { component: name },
        value: componentStages.indexOf(stage),
      })),
    ),
    registry.observe("component.coverage", () =>
      components.flatMap(({ name }, index) => {
        const { coverage } = files.readings(index);
        if (isNoData(coverage)) return [];
        return [{ labels: { component: name }, value: coverage.covered / coverage.lines }];
      }),
    ),
    registry.observe("component.gate", () =>
      components.flatMap(({ name }, index) =>
        openGates(evaluateAt(index, latest)).map(({ gate, status }) => ({
          labels: { component: name, gate },
          value: status === "passed" ? 1 : 0,
        })),
      ),
    ),
  ];

  return {
    ready,
    evaluate(name) {
      const index = components.findIndex((one) => one.name === name);
      if (index < 0)
        throw new RangeError(
          `no component is called ${JSON.stringify(name)}; there are: ${components.map((one) => one.name).join(", ")}`,
        );
      return evaluateAt(index, lookAt(registry.snapshot()));
    },
    snapshot() {
      const here = lookAt(registry.snapshot());
      return components.map((_, index) => evaluateAt(index, here));
    },
    forceFlush: refresh,
    release() {
      clearInterval(timer);
      for (const stop of watched.splice(0)) stop();
    },
    shutdown: refresh,
  };
}

function slosOf(snapshot: Snapshot): SloReader {
  const valuesOf = (name: "slo.compliance" | "slo.error_budget.remaining") =>
    numbersOf(snapshot, name).map(({ series: { value }, label }) => ({
      slo: label("slo"),
      window: label("window"),
      value,
    }));
  return sloReader(valuesOf("slo.compliance"), valuesOf("slo.error_budget.remaining"));
}

function sloStates(
  components: readonly Component[],
  read: SloReader,
  atMs: number,
): ReadonlyMap<string, SloState> {
  const names = new Set(components.flatMap(({ slos }) => slos));
  return new Map(
    [...names].flatMap((name) => {
      const reading = read(name);
      return reading === undefined ? [] : [[name, { ...reading, atMs }] as const];
    }),
  );
}
