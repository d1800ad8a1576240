import { randomUUID } from "node:crypto";
import { SpanStatusCode, trace, type Attributes, type SpanOptions } from "@opentelemetry/api";
import {
  draft,
  enrich,
  validate,
  type ContextSize,
  type Reply,
  type RequestContext,
  type Ticket,
} from "../scenario.ts";
import { createInstruments } from "./instruments.ts";
import {
  draftPlace,
  enrichPlace,
  sequentialPlace,
  validatePlace,
  workflowName,
  workflowPlace,
  type Place,
  type StepPlace,
} from "./places.ts";

/**
 * The hand-written workflow after somebody profiled it: what is known before any run goes to the span in one shared
 * object, what is known of the run is built once, shared by its spans and set only on those that record.
 */
export function createHandTuned(
  size: ContextSize,
): (ticket: Ticket, request: RequestContext) => Promise<Reply> {
  const tracer = trace.getTracer("answer-question");
  const { count, duration } = createInstruments();
  const ofRun = runAttributes[size];

  /** The error that some span has as an exception already. */
  let recorded: unknown;

  function traced<O>(site: Site, run: Attributes, work: () => Promise<O>): Promise<O> {
    const { place } = site;
    return tracer.startActiveSpan(place.spanName, site.options, async (span) => {
      const startedAt = performance.now();
      const recording = span.isRecording();
      if (recording) span.setAttributes(run);
      try {
        const output = await work();
        duration.record((performance.now() - startedAt) / 1000, place.durationLabels);
        count.add(1, place.countLabels);
        if (recording) span.setAttribute("execution.status", "success");
        return output;
      } catch (thrown) {
        const error = thrown as Error;
        duration.record((performance.now() - startedAt) / 1000, {
          ...place.durationLabels,
          status: "error",
        });
        count.add(1, { ...place.countLabels, status: "error", error_type: error.name });
        span.setAttributes({
          "execution.status": "error",
          "error.type": error.name,
          "error.message": error.message,
        });
        if (recorded !== error) span.recordException(error);
        recorded = error;
        span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  return (ticket, request) => {
    const run = ofRun(randomUUID(), request);
    return traced(sites.workflow, run, () =>
      traced(sites.sequential, run, async () => {
        const valid = await traced(sites.validate, run, () => validate(ticket));
        const rich = await traced(sites.enrich, run, () => enrich(valid));
        return traced(sites.draft, run, () => draft(rich));
      }),
    );
  };
}

/** A place with the options its spans start with, made once. */
interface Site {
  readonly place: Place;
  readonly options: SpanOptions;
}

function compositeSite(place: Place): Site {
  return { place, options: { attributes: attributesOf(place) } };
}

function stepSite(place: StepPlace): Site {
  const attributes = {
    ...attributesOf(place),
    "step.index": place.stepIndex,
    "step.name": place.name,
    "step.primitive_type": place.type,
    "step.total_steps": place.stepTotal,
  };
  return { place, options: { attributes } };
}

function attributesOf(place: Place): Attributes {
  return {
    "primitive.name": place.name,
    "primitive.type": place.type,
    "primitive.action": "execute",
    "primitive.path": place.path,
    "workflow.name": workflowName,
  };
}

const sites = {
  workflow: compositeSite(workflowPlace),
  sequential: compositeSite(sequentialPlace),
  validate: stepSite(validatePlace),
  enrich: stepSite(enrichPlace),
  draft: stepSite(draftPlace),
};

/** What is known of a run, one literal per context. */
const runAttributes: Readonly<
  Record<ContextSize, (workflowId: string, request: RequestContext) => Attributes>
> = {
  four: (workflowId, request) => ({
    "workflow.id": workflowId,
    "correlation.id": request.correlationId,
    "agent.type": request.agentType,
    "llm.provider": request.llmProvider,
    "llm.model_name": request.llmModelName,
  }),
  usual: (workflowId, request) => ({
    "workflow.id": workflowId,
    "correlation.id": request.correlationId,
    "agent.id": request.agentId,
    "agent.type": request.agentType,
    "llm.provider": request.llmProvider,
    "llm.model_name": request.llmModelName,
    "llm.model_tier": request.llmModelTier,
  }),
  full: (workflowId, request) => ({
    "workflow.id": workflowId,
    "session.id": request.sessionId,
    "user.id": request.userId,
    "correlation.id": request.correlationId,
    "causation.id": request.causationId,
    "agent.id": request.agentId,
    "agent.type": request.agentType,
    "llm.provider": request.llmProvider,
    "llm.model_name": request.llmModelName,
    "llm.model_tier": request.llmModelTier,
  }),
};
