import type { Snapshot } from "@tta-dev/primitives";
import type { CostFigures } from "./cost-figures.ts";
import { costFigures } from "./cost-figures.ts";
import type { SloStatus } from "../slo/slo-status.ts";
import type { SloSurface } from "../slo/slo-surface.ts";
import type { Distribution } from "./percentiles.ts";
import { percentilesOf } from "./percentiles.ts";
import type { Throughput, ThroughputReport } from "./throughput.ts";

/** Whoever knows how the SLOs stand. */
export type SloSource = Pick<SloSurface, "status">;

/** All that is known of one name. */
export interface CollectedMetrics {
  /** How long the executions of the primitive or workflow took, in seconds. */
  readonly percentiles: Distribution;
  /** How the SLO of that name stands; undefined where there is none. */
  readonly slo: SloStatus | undefined;
  /** Undefined where no workflow has the name. */
  readonly throughput: Throughput | undefined;
  /** Of the workflow of that name. */
  readonly cost: CostFigures;
}

export function percentilesIn(snapshot: Snapshot, name: string): Distribution {
  return percentilesOf(snapshot, { name }).all;
}

export function costIn(snapshot: Snapshot, workflow: string): CostFigures {
  return costFigures(snapshot, { where: { workflow_name: workflow } }).get("")!;
}

export function throughputIn(
  { workflows }: ThroughputReport,
  workflow: string,
): Throughput | undefined {
  return workflows.map(withoutName).find(([name]) => name === workflow)?.[1];
}

export function sloIn(slo: SloSource | undefined, name: string): SloStatus | undefined {
  return slo?.status(name)[0];
}

/** Everything that is known of every primitive and workflow, from one look at each series. */
export function collectAll(
  snapshot: Snapshot,
  report: ThroughputReport,
  slo: SloSource | undefined,
): ReadonlyMap<string, CollectedMetrics> {
  const percentiles = new Map(percentilesOf(snapshot).groups.map(withoutName));
  const throughput = new Map(report.workflows.map(withoutName));
  const cost = costFigures(snapshot, { where: {}, by: "workflow_name" });
  const names = new Set([...percentiles.keys(), ...throughput.keys()]);
  return new Map(
    [...names].map((name) => [
      name,
      {
        percentiles: percentiles.get(name) ?? percentilesIn(snapshot, name),
        slo: sloIn(slo, name),
        throughput: throughput.get(name),
        cost: cost.get(name) ?? costIn(snapshot, name),
      },
    ]),
  );
}

function withoutName<T extends { readonly name: string }>({
  name,
  ...rest
}: T): readonly [name: string, rest: Omit<T, "name">] {
  return [name, rest];
}
