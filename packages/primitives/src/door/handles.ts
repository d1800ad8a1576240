import type { SpanContext } from "@opentelemetry/api";
import type { BoundCounter, BoundHistogram, BoundUpDown } from "../metrics/registry.ts";
import type { Place } from "../tree/place.ts";
import type { Failure } from "./status.ts";
import type { Labels } from "./labels.ts";

/** The sampled span of a call that ended, and when it did: what metrics point to. */
export interface Example {
  readonly span: SpanContext;
  /** As `performance.now()` tells. */
  readonly takenAt: number;
}

/** The series that every call in one place counts into, bound once per label set of a run. */
export class Handles {
  readonly succeeded: BoundCounter;
  readonly duration: BoundHistogram;
  readonly active: BoundUpDown;
  /** Undefined for the root of a run: nobody calls it. */
  readonly connection: BoundCounter | undefined;
  /** Only where the node is a workflow. */
  readonly workflows: BoundUpDown | undefined;
  /** What the node itself measures, as its `meters` made it. */
  readonly meters: unknown;
  readonly #place: Place;
  readonly #labels: Labels;

  constructor(place: Place, labels: Labels) {
    this.#place = place;
    this.#labels = labels;
    const { registry } = labels;
    const primitive = { primitive_name: place.name, primitive_type: place.type };
    this.succeeded = registry.counter("primitive.execution.count").bind({
      ...primitive,
      workflow_name: labels.workflowName,
      agent_type: labels.agentType,
      status: "success",
    });
    this.duration = registry
      .histogram("primitive.execution.duration")
      .bind({ ...primitive, workflow_name: labels.workflowName, status: "success" });
    this.active = registry.upDown("primitive.execution.active").bind(primitive);
    const { caller } = place;
    this.connection =
      caller === undefined
        ? undefined
        : registry.counter("primitive.connection.count").bind({
            source_primitive: caller.name,
            target_primitive: place.name,
            connection_type: caller.type,
          });
    this.workflows =
      place.type === "workflow"
        ? registry
            .upDown("agent.workflows.active")
            .bind({ agent_type: labels.agentType, workflow_name: labels.workflowName })
        : undefined;
    this.meters = place.edge?.node.meters?.(place.name, registry);
  }

  failed(failure: Failure, seconds: number, example: Example | undefined): void {
    const { registry, workflowName, agentType } = this.#labels;
    const labels = {
      primitive_name: this.#place.name,
      primitive_type: this.#place.type,
      workflow_name: workflowName,
      status: failure.status,
    };
    const count = registry
      .counter("primitive.execution.count")
      .bind({ ...labels, agent_type: agentType, error_type: failure.type });
    const duration = registry.histogram("primitive.execution.duration").bind(labels);
    count.add(1);
    duration.record(seconds);
    if (example === undefined) return;
    count.exemplify(example.span, example.takenAt);
    duration.exemplify(seconds, example.span, example.takenAt);
  }
}
