import type { Attributes, SpanKind } from "@opentelemetry/api";
import type { ContextInit } from "../context.ts";
import type { CallContext } from "../door/call-context.ts";
import type { Labels } from "../door/labels.ts";
import type { Place } from "./place.ts";
import type { Registry } from "../metrics/registry.ts";

/**
 * What runs when a node is called. `meters` is what the node's `meters` made for the place it stands in.
 * The input is `never` because a node is data: types live on the primitives, which are checked where they are composed.
 */
export type Run = (input: never, context: CallContext, meters: never) => unknown;

export interface NodeInit {
  /** `primitive.type` in telemetry: "sequential", "retry", … */
  readonly type: string;
  /** Absent: the node is called after the workflow and its path in it. */
  readonly name?: string | undefined;
  /** @default "execute" */
  readonly action?: string;
  /** A leaf is one step of a journal: whatever it calls inside belongs to it. */
  readonly leaf: boolean;
  /** True where the body is not ours, so that it must find its context as the ambient one. Leaves always do. */
  readonly userCode?: boolean;
  readonly run: Run;
  readonly children?: readonly Edge[];
  /** Options as data, for drawings and bounds; functions are left out. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Binds the node's own metrics to the name it has in one place of a tree. */
  readonly meters?: (name: string, registry: Registry) => unknown;
  /** What a workflow sets for everything below it, besides its name. */
  readonly context?: ContextInit | undefined;
  /** Attributes of every span of this node. */
  readonly attributes?: Attributes | undefined;
  /** A span of another name than `primitive.{type}.{action}`. */
  readonly span?: {
    readonly name: string;
    readonly kind: SpanKind;
    readonly startAttributes: Attributes;
  };
}

/** One node of a workflow: data, and what runs. Immutable; it may stand in several places of several trees. */
export class TreeNode {
  readonly type: string;
  readonly name: string | undefined;
  readonly action: string;
  readonly leaf: boolean;
  readonly userCode: boolean;
  readonly run: Run;
  readonly children: readonly Edge[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly meters: NodeInit["meters"];
  readonly context: ContextInit | undefined;
  /** The workflow that begins here. */
  readonly workflowName: string | undefined;
  readonly attributes: Attributes | undefined;
  readonly span: NodeInit["span"];
  readonly spanName: string;
  /** A frame is the span of a step around the primitive in it: it counts nothing. */
  readonly isFrame: boolean;
  /** True where a run of this tree may wait for a signal, so that `signal()` must find it from the start. */
  readonly waits: boolean;
  readonly init: NodeInit;

  constructor(init: NodeInit, isFrame = false) {
    this.init = init;
    this.type = init.type;
    this.name = init.name;
    this.action = init.action ?? "execute";
    this.leaf = init.leaf;
    this.userCode = init.leaf || init.userCode === true;
    this.run = init.run;
    this.children = init.children ?? [];
    this.options = init.options ?? {};
    this.meters = init.meters;
    this.context = init.context;
    this.workflowName = init.type === "workflow" && !isFrame ? init.name : undefined;
    this.attributes = init.attributes;
    this.span = init.span;
    this.spanName = init.span?.name ?? `primitive.${this.type}.${this.action}`;
    this.isFrame = isFrame;
    this.waits =
      init.options?.["waitsFor"] !== undefined || this.children.some((edge) => edge.node.waits);
  }

  named(name: string): TreeNode {
    return new TreeNode({ ...this.init, name });
  }
}

/** How a child hangs in its parent: the key in its path, the span around the call and the attributes of the place. */
export class Edge {
  /** Names the child among its siblings; "" where it has no siblings. */
  readonly key: string;
  readonly node: TreeNode;
  readonly spanName: string;
  readonly attributes: Attributes | undefined;
  /** The child is called after what hangs here, so that a wrapper and what it wraps share a name. */
  readonly wraps: boolean;
  /** The child's path is its parent's: a workflow's unnamed body, the primitive inside a frame. */
  readonly transparent: boolean;
  /** No span: what is called below it hangs, in a trace, on what is above it. */
  readonly isSilent: boolean;
  /** With `spans: "compact"`: the primitive's own span with the step's attributes, instead of a frame around it. */
  readonly compact: Edge | undefined;
  /** Where it was last called: the parent's place and its own. */
  lastParent: Place | undefined = undefined;
  lastPlace: Place | undefined = undefined;
  /** The labels of the last run that began here. */
  labels: Labels | undefined = undefined;
  /** The primitive in the frame; the node itself where there is no frame. */
  readonly child: TreeNode;

  constructor(
    key: string,
    node: TreeNode,
    init: {
      readonly spanName?: string;
      readonly attributes?: Attributes;
      readonly wraps?: boolean;
      readonly transparent?: boolean;
      readonly isSilent?: boolean;
      readonly compact?: Edge;
      readonly child?: TreeNode;
    } = {},
  ) {
    this.key = key;
    this.node = node;
    this.spanName = init.spanName ?? node.spanName;
    this.attributes = init.attributes;
    this.wraps = init.wraps === true;
    this.transparent = init.transparent === true;
    this.isSilent = init.isSilent === true;
    this.compact = init.compact;
    this.child = init.child ?? node;
  }
}

/** Plain functions carry this type. Their step span is their span; every other primitive has one of its own below. */
export const STEP_TYPE = "step";

/**
 * Hangs a child where its parent gives it a span of its own: a step, branch, attempt, route, …
 *
 * @param span The action part of the span's name: `primitive.{parentType}.{span}`
 */
export function stepEdge(
  parentType: string,
  child: TreeNode,
  place: {
    readonly key: string;
    readonly span: string;
    readonly attributes?: Attributes;
    readonly wraps?: boolean;
    readonly transparent?: boolean;
  },
): Edge {
  const spanName = `primitive.${parentType}.${place.span}`;
  const attributes = {
    "step.name": child.name ?? place.key,
    "step.primitive_type": child.type,
    ...place.attributes,
  };
  const { key, wraps = false, transparent = false } = place;
  const init = { attributes, wraps, transparent };
  if (child.type === STEP_TYPE && child.span === undefined)
    return new Edge(key, child, { ...init, spanName });
  const inner = new Edge("", child, { transparent: true });
  const frame = new TreeNode(
    {
      type: child.type,
      name: child.name,
      action: place.span,
      leaf: false,
      run: (input, context) => context.invoke(inner, input),
      children: [inner],
    },
    true,
  );
  const compact = new Edge(key, child, init);
  return new Edge(key, frame, { ...init, spanName, compact, child });
}
