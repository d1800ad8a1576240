import type { Attributes } from "@opentelemetry/api";
import type { ContextInit } from "../context.ts";
import type { TreeNode } from "../tree/node.ts";
import { labelsOf, type Labels } from "./labels.ts";

type FieldName = (typeof FIELDS)[number][0];

/** The context's fields and the span attributes they become. */
const FIELDS = [
  ["sessionId", "session.id"],
  ["userId", "user.id"],
  ["correlationId", "correlation.id"],
  ["causationId", "causation.id"],
  ["agentId", "agent.id"],
  ["agentType", "agent.type"],
  ["llmProvider", "llm.provider"],
  ["llmModelName", "llm.model_name"],
  ["llmModelTier", "llm.model_tier"],
] as const;

const NOTHING: Readonly<Record<string, never>> = Object.freeze({});

interface IdSource {
  newId(): string;
}

/** What a run knows about itself, shared by all its calls; `child` makes a variant. */
export class Fields {
  readonly values: Readonly<Partial<Record<FieldName, string | undefined>>>;
  readonly workflowName: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly labels: Labels;
  readonly #ids: IdSource;
  #workflowId: string | undefined;
  #attributes: Attributes | undefined = undefined;

  constructor(init: ContextInit, labels: Labels, ids: IdSource) {
    this.values = init;
    this.workflowName = labels.workflowName;
    this.tags = init.tags ?? NOTHING;
    this.data = init.data ?? NOTHING;
    this.labels = labels;
    this.#workflowId = init.workflowId;
    this.#ids = ids;
  }

  /** Made when first asked for: a run that nobody records needs none. */
  get workflowId(): string {
    return (this.#workflowId ??= this.#ids.newId());
  }

  /** The same object for every span of the run: built once, on the first span that is recorded. */
  get attributes(): Attributes {
    return (this.#attributes ??= Object.freeze(this.#build()));
  }

  /** Those below a workflow inside the run: its name and its defaults, unless they hold already. */
  below({ workflowName, context }: TreeNode): Fields {
    return workflowName === this.workflowName ? this : this.with({ ...context, workflowName });
  }

  with(overrides: ContextInit): Fields {
    const merged: Record<string, unknown> = { ...this.toInit() };
    for (const [name] of FIELDS) merged[name] = overrides[name] ?? this.values[name];
    if (overrides.tags !== undefined) merged["tags"] = { ...this.tags, ...overrides.tags };
    if (overrides.data !== undefined) merged["data"] = overrides.data;
    const init = merged as ContextInit;
    const labels = labelsOf(
      this.labels.registry,
      overrides.workflowName ?? this.workflowName,
      init.agentType,
    );
    return new Fields(init, labels, this.#ids);
  }

  /** Everything as an init, to cross a machine boundary or to start another run with. */
  toInit(): ContextInit {
    const init: Record<string, unknown> = {
      workflowId: this.workflowId,
      tags: this.tags,
      data: this.data,
    };
    for (const [name] of FIELDS) init[name] = this.values[name];
    return init;
  }

  #build(): Attributes {
    const attributes: Attributes = { "workflow.id": this.workflowId };
    if (this.workflowName !== undefined) attributes["workflow.name"] = this.workflowName;
    for (const [name, attribute] of FIELDS) {
      const value = this.values[name];
      if (value !== undefined && value !== "") attributes[attribute] = value;
    }
    return attributes;
  }
}
