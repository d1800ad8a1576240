import { INVALID_TRACEID } from "@opentelemetry/api";
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

/** While it is being made. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Absent fields stay absent. Written for speed: each run is told of. */
export function identityOf({ fields, span }: CallContext): Mutable<CallIdentity> {
  const { correlationId, agentType } = fields.values;
  const { workflowId, workflowName } = fields;
  const identity: Mutable<CallIdentity> = { workflowId };
  if (workflowName !== undefined) identity.workflowName = workflowName;
  if (correlationId !== undefined) identity.correlationId = correlationId;
  if (agentType !== undefined) identity.agentType = agentType;
  const at = span?.spanContext();
  if (at !== undefined && at.traceId !== INVALID_TRACEID) {
    identity.traceId = at.traceId;
    identity.spanId = at.spanId;
  }
  return identity;
}
