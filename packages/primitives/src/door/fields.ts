import type { Attributes } from "@opentelemetry/api";
import type { ContextInit } from "../context.ts";
import type { Registry } from "../metrics/registry.ts";
import { labelsOf, type Labels } from "./labels.ts";

type FieldName = (typeof FIELDS)[number][0];

/** The context's fields and the span attributes they become. */
const FIELDS = [
  ["workflowName", "workflow.name"],
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

/** What a run knows about itself, shared by all its calls; `child` makes a variant. */
export class Fields {
  readonly values: Readonly<Partial<Record<FieldName, string | undefined>>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly labels: Labels;
  readonly #newId: () => string;
  #workflowId: string | undefined;
  #attributes: Attributes | undefined = undefined;

  constructor(registry: Registry, init: ContextInit, newId: () => string) {
    this.values = init;
    this.tags = init.tags ?? NOTHING;
    this.data = init.data ?? NOTHING;
    this.labels = labelsOf(registry, init.workflowName, init.agentType);
    this.#workflowId = init.workflowId;
    this.#newId = newId;
  }

  /** Made when first asked for: a run that nobody records needs none. */
  get workflowId(): string {
    return (this.#workflowId ??= this.#newId());
  }

  /** The same object for every span of the run: built once, on the first span that is recorded. */
  get attributes(): Attributes {
    return (this.#attributes ??= Object.freeze(this.#build()));
  }

  with(overrides: ContextInit): Fields {
    const merged: Record<string, unknown> = {
      workflowId: this.workflowId,
      tags: this.tags,
      data: this.data,
    };
    for (const [name] of FIELDS) merged[name] = overrides[name] ?? this.values[name];
    if (overrides.tags !== undefined) merged["tags"] = { ...this.tags, ...overrides.tags };
    if (overrides.data !== undefined) merged["data"] = overrides.data;
    return new Fields(this.labels.registry, merged as ContextInit, this.#newId);
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
    for (const [name, attribute] of FIELDS) {
      const value = this.values[name];
      if (value !== undefined && value !== "") attributes[attribute] = value;
    }
    return attributes;
  }
}
