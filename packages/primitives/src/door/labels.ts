import type { Registry } from "../metrics/registry.ts";

/** The labels that a run brings to every metric, as one object per distinct set: places compare a pointer. */
export class Labels {
  readonly registry: Registry;
  readonly workflowName: string | undefined;
  readonly agentType: string | undefined;
  constructor(registry: Registry, workflowName: string | undefined, agentType: string | undefined) {
    this.registry = registry;
    this.workflowName = workflowName;
    this.agentType = agentType;
  }
}

/** Beyond this many sets a new one is not kept: somebody labels runs with ids, and the registry folds them. */
const MAX_SETS = 2000;

/** What `labelsOf` answered last at one place. */
export interface LabelsCache {
  labels: Labels | undefined;
}

/** As `labelsOf`, for a caller that mostly asks for the same set. */
export function cachedLabels(
  cache: LabelsCache,
  registry: Registry,
  of: { readonly workflowName?: string | undefined; readonly agentType?: string | undefined },
): Labels {
  const { labels } = cache;
  if (
    labels !== undefined &&
    labels.registry === registry &&
    labels.agentType === of.agentType &&
    labels.workflowName === of.workflowName
  )
    return labels;
  return (cache.labels = labelsOf(registry, of.workflowName, of.agentType));
}

const tables = new WeakMap<Registry, Map<string, Labels>>();

export function labelsOf(
  registry: Registry,
  workflowName: string | undefined,
  agentType: string | undefined,
): Labels {
  let table = tables.get(registry);
  if (table === undefined) tables.set(registry, (table = new Map()));
  const key = `${workflowName ?? ""}\0${agentType ?? ""}`;
  let labels = table.get(key);
  if (labels === undefined) {
    labels = new Labels(registry, workflowName, agentType);
    if (table.size < MAX_SETS) table.set(key, labels);
  }
  return labels;
}
