import type { NumberMetricSnapshot, Registry, Snapshot } from "@tta-dev/primitives";
import { metricDescriptor, OTHER } from "@tta-dev/primitives/catalog";
import { viewLabels } from "./label-match.ts";

/** The runs under way, as `agent.workflows.active` counts them: workflows inside other runs too. */
export interface ActiveRuns {
  /** Learns that runs of a workflow have an agent type. */
  readonly note: (workflow: string, agentType: string) => void;
  /** Learns of every workflow that a snapshot has. */
  readonly noteAll: (snapshot: Snapshot) => void;
  readonly of: (workflow: string) => number;
  readonly all: () => number;
  /** The workflows that are known. */
  readonly workflows: () => Iterable<string>;
}

/** A series of the registry. */
interface Sum {
  readonly value: number;
}

interface Workflow {
  readonly agentTypes: Set<string>;
  /** Lists, because they are added up whenever a run ends. */
  readonly sums: Sum[];
}

const METRIC = "agent.workflows.active";
const { labels } = metricDescriptor(METRIC);

/** Agent types of one workflow that are told apart; whoever has more uses ids for types. */
const MAX_AGENT_TYPES = 200;

/**
 * Reads the series themselves, which costs nanoseconds; a snapshot copies the whole registry.
 *
 * @param registry Asked each time: tests put another one in its place.
 */
export function createActiveRuns(registry: () => Registry): ActiveRuns {
  const view = viewLabels(labels);
  const byWorkflow = new Map<string, Workflow>();
  const all: Sum[] = [];
  let known = registry();

  function note(name: string, agentType: string): void {
    const current = registry();
    if (current !== known) {
      known = current;
      byWorkflow.clear();
      all.length = 0;
    }
    let workflow = byWorkflow.get(name);
    if (workflow === undefined)
      byWorkflow.set(name, (workflow = { agentTypes: new Set(), sums: [] }));
    const { agentTypes, sums } = workflow;
    if (agentTypes.has(agentType)) return;
    const type = agentTypes.size < MAX_AGENT_TYPES ? agentType : OTHER;
    agentTypes.add(type);
    const sum = known.upDown(METRIC).bind({ workflow_name: name, agent_type: type });
    // Names that the registry has folded share a series, which must not be added twice.
    if (!sums.includes(sum)) sums.push(sum);
    if (!all.includes(sum)) all.push(sum);
  }

  return {
    note,
    noteAll(snapshot) {
      const metric = snapshot.metrics.find(({ name }) => name === METRIC);
      for (const series of (metric as NumberMetricSnapshot | undefined)?.series ?? [])
        note(view.read(series, "workflow_name"), view.read(series, "agent_type"));
    },
    of: (name) => total(byWorkflow.get(name)?.sums ?? []),
    all: () => total(all),
    workflows: () => byWorkflow.keys(),
  };
}

function total(sums: readonly Sum[]): number {
  let sum = 0;
  for (const { value } of sums) sum += value;
  return sum;
}
