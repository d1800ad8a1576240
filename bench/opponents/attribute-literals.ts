import type { Attributes } from "@opentelemetry/api";
import type { ContextSize, RequestContext } from "../scenario.ts";
import { workflowName, type Place, type StepPlace } from "./places.ts";

/** Writes the attributes of a span known when it starts: one object literal, nothing in it that has no value. */
export interface AttributeLiterals {
  readonly composite: (place: Place, workflowId: string, request: RequestContext) => Attributes;
  readonly step: (place: StepPlace, workflowId: string, request: RequestContext) => Attributes;
}

/**
 * The literals, written out once per context: a loop or a spread over optional fields would cost the opponents time
 * that nobody who knows the fields has to spend. Fields that a context does not have stand in no literal at all,
 * because the SDK walks over undefined values too.
 */
export const attributeLiterals: Readonly<Record<ContextSize, AttributeLiterals>> = {
  four: {
    composite: (place, workflowId, request) => ({
      "primitive.name": place.name,
      "primitive.type": place.type,
      "primitive.action": "execute",
      "primitive.path": place.path,
      "workflow.id": workflowId,
      "workflow.name": workflowName,
      "correlation.id": request.correlationId,
      "agent.type": request.agentType,
      "llm.provider": request.llmProvider,
      "llm.model_name": request.llmModelName,
    }),
    step: (place, workflowId, request) => ({
      "primitive.name": place.name,
      "primitive.type": place.type,
      "primitive.action": "execute",
      "primitive.path": place.path,
      "step.index": place.stepIndex,
      "step.name": place.name,
      "step.primitive_type": place.type,
      "step.total_steps": place.stepTotal,
      "workflow.id": workflowId,
      "workflow.name": workflowName,
      "correlation.id": request.correlationId,
      "agent.type": request.agentType,
      "llm.provider": request.llmProvider,
      "llm.model_name": request.llmModelName,
    }),
  },
  usual: {
    composite: (place, workflowId, request) => ({
      "primitive.name": place.name,
      "primitive.type": place.type,
      "primitive.action": "execute",
      "primitive.path": place.path,
      "workflow.id": workflowId,
      "workflow.name": workflowName,
      "correlation.id": request.correlationId,
      "agent.id": request.agentId,
      "agent.type": request.agentType,
      "llm.provider": request.llmProvider,
      "llm.model_name": request.llmModelName,
      "llm.model_tier": request.llmModelTier,
    }),
    step: (place, workflowId, request) => ({
      "primitive.name": place.name,
      "primitive.type": place.type,
      "primitive.action": "execute",
      "primitive.path": place.path,
      "step.index": place.stepIndex,
      "step.name": place.name,
      "step.primitive_type": place.type,
      "step.total_steps": place.stepTotal,
      "workflow.id": workflowId,
      "workflow.name": workflowName,
      "correlation.id": request.correlationId,
      "agent.id": request.agentId,
      "agent.type": request.agentType,
      "llm.provider": request.llmProvider,
      "llm.model_name": request.llmModelName,
      "llm.model_tier": request.llmModelTier,
    }),
  },
  full: {
    composite: (place, workflowId, request) => ({
      "primitive.name": place.name,
      "primitive.type": place.type,
      "primitive.action": "execute",
      "primitive.path": place.path,
      "workflow.id": workflowId,
      "workflow.name": workflowName,
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
    step: (place, workflowId, request) => ({
      "primitive.name": place.name,
      "primitive.type": place.type,
      "primitive.action": "execute",
      "primitive.path": place.path,
      "step.index": place.stepIndex,
      "step.name": place.name,
      "step.primitive_type": place.type,
      "step.total_steps": place.stepTotal,
      "workflow.id": workflowId,
      "workflow.name": workflowName,
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
  },
};
