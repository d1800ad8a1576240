import type { Context } from "@opentelemetry/api";
import { context, isSpanContextValid, trace } from "@opentelemetry/api";
import { currentContext } from "@tta-dev/primitives";

/** What joins a log line to its trace and to its run; what there is not, is absent. */
export interface Correlation {
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
  readonly correlation_id?: string | undefined;
  readonly workflow_name?: string | undefined;
  readonly agent_type?: string | undefined;
}

/** Reads it from the active span and from the context of the step that is running. */
export function currentCorrelation(): Correlation {
  const run = currentContext();
  // Without a context manager the span is known to the run alone, which is an OpenTelemetry context, too.
  const span =
    trace.getSpanContext(context.active()) ??
    (run !== undefined && "getValue" in run
      ? trace.getSpanContext(run as unknown as Context)
      : undefined);
  const isTraced = span !== undefined && isSpanContextValid(span);
  return {
    trace_id: isTraced ? span.traceId : undefined,
    span_id: isTraced ? span.spanId : undefined,
    correlation_id: run?.correlationId,
    workflow_name: run?.workflowName,
    agent_type: run?.agentType,
  };
}
