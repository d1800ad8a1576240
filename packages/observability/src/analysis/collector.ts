import type { EndedRun, Registry, Snapshot } from "@tta-dev/primitives";
import type { SloOptions } from "@tta-dev/primitives/slo";
import { declareSlos, defineSlo } from "@tta-dev/primitives/slo";
import type { SloStatus } from "../slo/slo-status.ts";
import type { CollectedMetrics, SloSource } from "./collected-metrics.ts";
import { collectAll, costIn, percentilesIn, sloIn, throughputIn } from "./collected-metrics.ts";
import type { CostFigures } from "./cost-figures.ts";
import type { ExecutionRecord } from "./execution-record.ts";
import { checkExecution, endedRun, recordRun } from "./execution-record.ts";
import { createOpenRequests } from "./open-requests.ts";
import type { Distribution } from "./percentiles.ts";
import type { Throughput, ThroughputMeter } from "./throughput.ts";
import { checkObject, checkText } from "./wrong-argument.ts";

/** Records runs of what is no workflow of this toolkit, and gathers what is known by name. */
export interface MetricsCollector {
  /**
   * Declares an SLO of that name for the runs of that name.
   *
   * @throws TypeError or RangeError for wrong options, and where the name has another SLO
   */
  readonly configureSlo: (name: string, slo: Omit<SloOptions, "name" | "workflow">) => void;
  /** Shows a request as under way. @throws TypeError or RangeError if the name is no text */
  readonly startRequest: (name: string) => void;
  /**
   * Records a run that has ended, as a workflow of that name would have: in the metrics, for SLOs, throughput and
   * whoever else listens to runs. A request of that name is no longer under way then.
   *
   * @throws TypeError or RangeError for a wrong field
   */
  readonly recordExecution: (name: string, execution: ExecutionRecord) => void;
  /** Shows a request as over, recorded or not. Does nothing where none is under way. */
  readonly endRequest: (name: string) => void;
  /** How long the executions of a primitive or workflow took, in seconds. */
  readonly getPercentiles: (name: string) => Distribution;
  /** How the SLO of that name stands; undefined where there is none. */
  readonly getSloStatus: (name: string) => SloStatus | undefined;
  /** Undefined where no workflow has the name. */
  readonly getThroughput: (name: string) => Throughput | undefined;
  /** What a workflow spent and saved. */
  readonly getCostMetrics: (name: string) => CostFigures;
  readonly getAllMetrics: (name: string) => CollectedMetrics;
  /** Every primitive and workflow that is known, by name. */
  readonly getAllPrimitivesMetrics: () => ReadonlyMap<string, CollectedMetrics>;
}

export interface CollectorOptions {
  readonly registry: () => Registry;
  readonly throughput: ThroughputMeter;
  readonly slo: SloSource | undefined;
  /** Tells whoever listens to runs. Never throws. */
  readonly tell: (run: EndedRun) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** Makes the collector of a process. It keeps no numbers of its own: they are all in the registry. */
export function createCollector(options: CollectorOptions): MetricsCollector {
  const { registry, throughput, slo, tell, now, newId } = options;
  const requests = createOpenRequests(registry);
  const snapshot = (): Snapshot => registry().snapshot();

  return {
    configureSlo(name, given) {
      checkText("configureSlo: name", name);
      checkObject("configureSlo: slo", given);
      declareSlos([defineSlo({ ...given, name, workflow: name })], `configureSlo("${name}")`);
    },
    startRequest(name) {
      checkText("startRequest: name", name);
      requests.start(name);
    },
    recordExecution(name, execution) {
      checkExecution(name, execution);
      requests.recorded(name);
      recordRun(registry(), name, execution);
      tell(endedRun(name, execution, { workflowId: newId(), endedAtMs: now() }));
    },
    endRequest(name) {
      checkText("endRequest: name", name);
      requests.end(name);
    },
    getPercentiles: (name) => percentilesIn(snapshot(), name),
    getSloStatus: (name) => sloIn(slo, name),
    getThroughput: (name) => throughputIn(throughput.read(), name),
    getCostMetrics: (name) => costIn(snapshot(), name),
    getAllMetrics(name) {
      const from = snapshot();
      return {
        percentiles: percentilesIn(from, name),
        slo: sloIn(slo, name),
        throughput: throughputIn(throughput.read(undefined, from), name),
        cost: costIn(from, name),
      };
    },
    getAllPrimitivesMetrics() {
      const from = snapshot();
      return collectAll(from, throughput.read(undefined, from), slo);
    },
  };
}
