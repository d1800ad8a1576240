import type { LogEvent } from "@tta-dev/primitives";
import { onLogEvent } from "@tta-dev/primitives";
import type { LogLevel } from "../config/settings/logging.ts";
import { weights } from "./levels.ts";
import { currentSink } from "./shared-sink.ts";

/** The name under which the primitives log. */
const PRIMITIVES_LOGGER = "tta.primitives";

/**
 * Writes what primitives tell (a run failed, an attempt is repeated, a fallback served, …) as lines, with the ids they
 * tell: the line belongs to where it happened, not to where the listener is called.
 *
 * @param least Level below which nothing is written, besides what holds for all lines.
 * @returns a function that ends it
 */
export function logPrimitiveEvents(least: LogLevel): () => void {
  return onLogEvent((told) => {
    const sink = currentSink();
    const weight = weights[told.level];
    if (weight < weights[least] || weight < sink.least) return;
    sink.write({
      level: told.level,
      event: told.event,
      logger: PRIMITIVES_LOGGER,
      timestampMs: told.timestampMs,
      correlation: {
        trace_id: told.traceId,
        span_id: told.spanId,
        correlation_id: told.correlationId,
        workflow_name: told.workflowName,
        agent_type: told.agentType,
      },
      fields: [fieldsOf(told)],
    });
  });
}

function fieldsOf(told: LogEvent): Readonly<Record<string, unknown>> {
  const { primitiveName, primitivePath, workflowId, fields, error } = told;
  return {
    primitive_name: primitiveName,
    primitive_path: primitivePath,
    workflow_id: workflowId,
    ...fields,
    error,
  };
}
