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

/** Absent fields stay absent. Written for speed: each run is told of. */
export function identityOf({ fields, span }: CallContext): CallIdentity {
  const { correlationId, agentType } = fields.values;
  const { workflowId, workflowName } = fields;
  const identity: { -readonly [K in keyof CallIdentity]: CallIdentity[K] } = { workflowId };
  if (workflowName !== undefined) identity.workflowName = workflowName;
  if (correlationId !== undefined) identity.correlationId = correlationId;
  if (agentType !== undefined) identity.agentType = agentType;
  const at = span?.spanContext();
  if (at !== undefined && isSpanContextValid(at)) {
    identity.traceId = at.traceId;
    identity.spanId = at.spanId;
  }
  return identity;
}
