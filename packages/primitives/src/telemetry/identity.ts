import { isSpanContextValid } from "@opentelemetry/api";
import type { CallContext } from "../door/call-context.ts";

/** By what somebody who is told of a call finds its run, its caller and its trace again. */
export interface CallIdentity {
  readonly workflowId: string;
  /** Undefined where a primitive was executed without a workflow around it. */
  readonly workflowName?: string;
  readonly correlationId?: string;
  readonly agentType?: string;
  /** Hex trace and span id; absent without an SDK. */
  readonly traceId?: string;
  readonly spanId?: string;
}

export function identityOf({ fields, span }: CallContext): CallIdentity {
  const { correlationId, agentType } = fields.values;
  const { workflowId, workflowName } = fields;
  const at = span?.spanContext();
  return {
    workflowId,
    ...(workflowName !== undefined && { workflowName }),
    ...(correlationId !== undefined && { correlationId }),
    ...(agentType !== undefined && { agentType }),
    ...(at !== undefined && isSpanContextValid(at) && { traceId: at.traceId, spanId: at.spanId }),
  };
}
