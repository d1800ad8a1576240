import type { Attributes, SpanOptions } from "@opentelemetry/api";
import { Handles } from "../door/handles.ts";
import type { Labels } from "../door/labels.ts";
import type { Edge, TreeNode } from "./node.ts";

/** Handles and start options are kept for this many label sets a place; beyond, they are made anew each time. */
const MAX_LABEL_SETS = 64;

/**
 * Where a node stands in a running tree: its path, its name there, the attributes that never change and the metric
 * series it counts into. Made on the first call and kept, so that a call allocates none of it.
 */
export class Place {
  readonly parent: Place | undefined;
  readonly edge: Edge | undefined;
  readonly path: string;
  readonly name: string;
  readonly type: string;
  /** Attributes that are the same for every call here. Frozen, because the SDK gets the same object every time. */
  readonly attributes: Attributes;
  /** The workflow's name and the keys down to here: what unnamed primitives are called. */
  readonly trail: string;
  readonly #places = new WeakMap<Edge, Place>();
  readonly #handles = new Map<Labels, Handles>();
  readonly #starts = new Map<Labels, SpanOptions>();
  #lastLabels: Labels | undefined = undefined;
  #lastHandles: Handles | undefined = undefined;

  constructor(parent: Place | undefined, edge: Edge | undefined) {
    this.parent = parent;
    this.edge = edge;
    if (edge === undefined) {
      this.path = this.trail = this.name = this.type = "";
      this.attributes = {};
      return;
    }
    const { node } = edge;
    this.trail = trailOf(parent, edge);
    this.name = node.name ?? this.trail;
    this.type = node.type;
    const segment = edge.transparent ? "" : segmentOf(edge);
    const above = parent?.path ?? "";
    this.path = above === "" ? segment : segment === "" ? above : `${above}/${segment}`;
    this.attributes = Object.freeze({
      "primitive.name": this.name,
      "primitive.type": node.type,
      "primitive.action": node.action,
      "primitive.path": this.path,
      ...node.attributes,
      ...edge.attributes,
      ...(edge.attributes?.["step.name"] !== undefined && { "step.name": this.name }),
    });
  }

  /** The nearest primitive above: who calls this one. */
  get caller(): Place | undefined {
    let above = this.parent;
    while (above?.edge?.node.isFrame === true) above = above.parent;
    return above?.edge === undefined ? undefined : above;
  }

  /** The place of a child. Kept on the edge too: nearly every edge hangs in one place, and a parent has several. */
  child(edge: Edge): Place {
    if (edge.lastParent === this) return edge.lastPlace!;
    let place = this.#places.get(edge);
    if (place === undefined) {
      place = new Place(this, edge);
      this.#places.set(edge, place);
    }
    edge.lastParent = this;
    return (edge.lastPlace = place);
  }

  /** The series this place counts into, for a run with these labels. */
  handles(labels: Labels): Handles {
    if (this.#lastLabels === labels) return this.#lastHandles!;
    let handles = this.#handles.get(labels);
    if (handles === undefined) {
      handles = new Handles(this, labels);
      if (this.#handles.size < MAX_LABEL_SETS) this.#handles.set(labels, handles);
    }
    this.#lastLabels = labels;
    return (this.#lastHandles = handles);
  }

  /** What samplers see of a root span: bounded values alone, in one object per label set. */
  rootOptions(labels: Labels): SpanOptions {
    let options = this.#starts.get(labels);
    if (options === undefined) {
      const attributes: Attributes = { "primitive.name": this.name, "primitive.type": this.type };
      if (labels.workflowName !== undefined) attributes["workflow.name"] = labels.workflowName;
      if (labels.agentType !== undefined) attributes["agent.type"] = labels.agentType;
      options = { attributes: Object.freeze(attributes) };
      if (this.#starts.size < MAX_LABEL_SETS) this.#starts.set(labels, options);
    }
    return options;
  }
}

/** Above every run. */
export const nowhere = new Place(undefined, undefined);

/** Path segment of a child: `key:name`, or one of them. What would read as path syntax is percent-encoded. */
export function segmentOf(edge: Edge, index?: number): string {
  const { name, type } = edge.node;
  if (edge.key === "") return encodeSegment(name ?? type);
  const key = index === undefined ? encodeSegment(edge.key) : `${encodeSegment(edge.key)}.${index}`;
  return name === undefined ? key : `${key}:${encodeSegment(name)}`;
}

function encodeSegment(text: string): string {
  return text.replace(
    /[%/:.]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function trailOf(parent: Place | undefined, edge: Edge): string {
  const node: TreeNode = edge.node;
  if (node.type === "workflow" && node.name !== undefined) return node.name;
  const above = parent?.trail ?? "";
  if (above === "") return node.name ?? node.type;
  if (edge.transparent || edge.wraps) return above;
  return `${above}/${edge.key === "" ? (node.name ?? node.type) : edge.key}`;
}
