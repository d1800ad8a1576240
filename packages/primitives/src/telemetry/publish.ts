import { isSpanContextValid } from "@opentelemetry/api";
import type { CallContext } from "../door/call-context.ts";
import { slot } from "../slot.ts";
import type { LogEvent } from "./log-event.ts";

/** Tells whoever listens for log lines what happened here. Costs nothing when nobody does, and never throws. */
export function publish(
  call: CallContext,
  what: Pick<LogEvent, "event" | "level" | "fields"> & { readonly error?: unknown },
): void {
  const { logListeners } = slot();
  if (logListeners.size === 0 || call.branch.runtime.replaying) return;
  const { fields, place } = call;
  const { correlationId, agentType } = fields.values;
  const { workflowName } = fields;
  const span = call.span?.spanContext();
  const event: LogEvent = {
    event: what.event,
    level: what.level,
    timestampMs: call.branch.runtime.now(),
    primitiveName: place.name,
    primitivePath: call.path,
    workflowId: fields.workflowId,
    ...(workflowName !== undefined && { workflowName }),
    ...(correlationId !== undefined && { correlationId }),
    ...(agentType !== undefined && { agentType }),
    ...(span !== undefined &&
      isSpanContextValid(span) && { traceId: span.traceId, spanId: span.spanId }),
    fields: what.fields,
    ...("error" in what && { error: what.error }),
  };
  for (const listener of logListeners) {
    try {
      listener(event);
    } catch {
      // A listener is somebody's telemetry: it must not break the work it is told about.
    }
  }
}
