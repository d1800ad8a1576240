import type { BoundCounter, BoundHistogram, BoundUpDown } from "../metrics/registry.ts";
import type { Place } from "../tree/place.ts";
import type { Failure } from "./status.ts";
import type { Labels } from "./labels.ts";

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

  failed(failure: Failure, seconds: number): void {
    const { registry, workflowName, agentType } = this.#labels;
    const labels = {
      primitive_name: this.#place.name,
      primitive_type: this.#place.type,
      workflow_name: workflowName,
      status: failure.status,
    };
    registry
      .counter("primitive.execution.count")
      .bind({ ...labels, agent_type: agentType, error_type: failure.type })
      .add(1);
    registry.histogram("primitive.execution.duration").bind(labels).record(seconds);
  }
}
