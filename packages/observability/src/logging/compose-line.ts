import type { Correlation } from "./correlation.ts";
import { currentCorrelation } from "./correlation.ts";
import type { LogEntry, LogLine } from "./log-entry.ts";
import { isError } from "./redaction/plain-error.ts";
import type { Redactor } from "./redaction/redactor.ts";

/** What the line says of itself, and what is no name of a field; a caller's field is written as `field_{name}` then. */
const RESERVED: ReadonlySet<string> = new Set([
  "timestamp",
  "level",
  "event",
  "logger",
  "trace_id",
  "span_id",
  "__proto__",
]);
/** JavaScript puts numbers before all other names, whenever they come. */
const NUMBER = /^\d+$/;

const NO_CORRELATION: Correlation = {};

/**
 * Makes the line of an entry. The fields that every line has come first and in this order; a caller's own
 * `correlation_id`, `workflow_name` or `agent_type` takes the place of the ambient one.
 */
export function composeLine(
  entry: LogEntry,
  { redactor, correlation }: { readonly redactor: Redactor; readonly correlation: boolean },
): LogLine {
  const { event, error } = wordsOf(entry.event);
  const ids = correlation ? (entry.correlation ?? currentCorrelation()) : NO_CORRELATION;
  const text = (value: string | undefined): string | undefined =>
    value === undefined || value === "" ? undefined : redactor.text(value);
  // Absent ones hold their place: JSON leaves out what is undefined.
  const line: Record<string, unknown> = {
    level: entry.level,
    event: redactor.text(event),
    logger: redactor.text(entry.logger),
    trace_id: ids.trace_id,
    span_id: ids.span_id,
    correlation_id: text(ids.correlation_id),
    workflow_name: text(ids.workflow_name),
    agent_type: text(ids.agent_type),
  };
  if (error !== undefined) line["error"] = redactor.value(error);
  for (const fields of entry.fields) addFields(line, fields, redactor);
  return line as LogLine;
}

function addFields(line: Record<string, unknown>, fields: unknown, redactor: Redactor): void {
  const plain = redactor.value(isError(fields) ? { error: fields } : fields);
  // Not an object: fields that cannot be read, or what is no fields at all.
  const named = typeof plain === "object" && plain !== null ? plain : { fields: plain };
  for (const [name, value] of Object.entries(named))
    line[RESERVED.has(name) || NUMBER.test(name) ? `field_${name}` : name] = value;
}

/** An event should be a text; an error in its place is told by its message, and anything else as JavaScript writes it. */
function wordsOf(event: unknown): { readonly event: string; readonly error?: Error } {
  if (typeof event === "string") return { event };
  try {
    return isError(event)
      ? { event: String(event.message), error: event }
      : { event: String(event) };
  } catch {
    return { event: "[unreadable]" };
  }
}
