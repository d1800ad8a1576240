import { Edge, type TreeNode } from "./node.ts";
import { nowhere, Place } from "./place.ts";

/** A workflow as data: JSON, the same on every machine. */
export interface WorkflowGraph {
  readonly type: string;
  /** As in telemetry: unnamed primitives are called after the workflow and their path. */
  readonly name: string;
  /** Stable path below the described primitive. */
  readonly path: string;
  /** A leaf is one step of a journal. */
  readonly leaf: boolean;
  /** Options that are data; functions are left out. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly children: readonly {
    readonly key: string;
    readonly span: string;
    readonly graph: WorkflowGraph;
  }[];
}

export function describeNode(node: TreeNode): WorkflowGraph {
  return describePlace(new Place(nowhere, new Edge("", node)), node);
}

function describePlace(place: Place, node: TreeNode): WorkflowGraph {
  return {
    type: node.type,
    name: place.name,
    path: place.path,
    leaf: node.leaf,
    options: dataOf(node.options),
    children: node.children.map((edge) => ({
      key: edge.key,
      span: edge.spanName,
      graph: describePlace(place.child(edge), edge.child),
    })),
  };
}

function dataOf(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const data: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const json = jsonOf(value);
    if (json !== undefined) data[name] = JSON.parse(json);
  }
  return data;
}

/** Undefined for what cannot be written: functions, circles, big integers. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
