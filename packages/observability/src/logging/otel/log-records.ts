import type { Attributes, Context, Logger, LoggerProvider } from "@opentelemetry/api";
import { ROOT_CONTEXT, SeverityNumber, trace, TraceFlags } from "@opentelemetry/api";
import type { LineLevel } from "../levels.ts";
import type { LineTaker, LogLine } from "../log-entry.ts";
import { exceptionAttributes } from "./exception-attributes.ts";

const SEVERITIES: Readonly<Record<LineLevel, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** Loggers that are remembered; their names come from code, so there are few. */
const MOST_LOGGERS = 500;

/**
 * Makes what turns each line into a log record of OpenTelemetry: the event is the body, the logger the scope, the rest
 * attributes under the names that spans use. Lines are redacted before.
 */
export function createRecordEmitter(provider: Pick<LoggerProvider, "getLogger">): LineTaker {
  const loggers = new Map<string, Logger>();
  const loggerOf = (name: string): Logger => {
    const known = loggers.get(name);
    if (known !== undefined) return known;
    const logger = provider.getLogger(name);
    if (loggers.size < MOST_LOGGERS) loggers.set(name, logger);
    return logger;
  };
  return (line, timestampMs) => {
    loggerOf(line.logger).emit({
      timestamp: timestampMs,
      severityNumber: SEVERITIES[line.level],
      severityText: line.level.toUpperCase(),
      body: line.event,
      attributes: attributesOf(line),
      context: contextOf(line),
    });
  };
}

/** A line tells its span itself: one of a primitive may be written outside of the span it belongs to. */
function contextOf({ trace_id: traceId, span_id: spanId }: LogLine): Context {
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  const active = trace.getActiveSpan()?.spanContext();
  const traceFlags = active?.traceId === traceId ? active.traceFlags : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags });
}

function attributesOf(line: LogLine): Attributes {
  const {
    level: _level,
    event: _event,
    logger: _logger,
    trace_id: _traceId,
    span_id: _spanId,
    correlation_id: correlationId,
    workflow_name: workflowName,
    agent_type: agentType,
    error,
    ...fields
  } = line;
  const attributes: Attributes = { ...fields, ...exceptionAttributes(error) };
  if (correlationId !== undefined) attributes["correlation.id"] = correlationId;
  if (workflowName !== undefined) attributes["workflow.name"] = workflowName;
  if (agentType !== undefined) attributes["agent.type"] = agentType;
  return attributes;
}
