import type { Attributes } from "@opentelemetry/api";

/** Where a span stands: what is known about it before any run. */
export interface Place {
  readonly spanName: string;
  readonly name: string;
  readonly type: string;
  readonly path: string;
  /** Labels of both metrics for a call that succeeds, made once. */
  readonly countLabels: Attributes;
  readonly durationLabels: Attributes;
}

/** A place whose span stands for step `stepIndex` of a sequence. */
export interface StepPlace extends Place {
  readonly stepIndex: number;
  readonly stepTotal: number;
}

export const workflowName = "answer-question";
const agentType = "executor";

function createPlace(spanName: string, place: Pick<Place, "name" | "type" | "path">): Place {
  const durationLabels = {
    primitive_name: place.name,
    primitive_type: place.type,
    workflow_name: workflowName,
    status: "success",
  };
  return {
    spanName,
    ...place,
    durationLabels,
    countLabels: { ...durationLabels, agent_type: agentType },
  };
}

export const workflowPlace: Place = createPlace("primitive.workflow.execute", {
  name: workflowName,
  type: "workflow",
  path: workflowName,
});

export const sequentialPlace: Place = createPlace("primitive.sequential.execute", {
  name: workflowName,
  type: "sequential",
  path: workflowName,
});

function createStepPlace(stepIndex: number, name: string): StepPlace {
  const path = `${sequentialPlace.path}/${stepIndex}:${name}`;
  const place = createPlace(`primitive.sequential.step_${stepIndex}`, { name, type: "step", path });
  return { ...place, stepIndex, stepTotal: 3 };
}

export const validatePlace: StepPlace = createStepPlace(0, "validate");
export const enrichPlace: StepPlace = createStepPlace(1, "enrich");
export const draftPlace: StepPlace = createStepPlace(2, "draft");

/** Bucket bounds of the duration histogram, in seconds: as many and where ours has them. */
export const durationBounds: readonly number[] = Array.from(
  { length: 20 },
  (_, index) => 0.01 * 2 ** (index - 4),
);
