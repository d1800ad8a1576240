import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { Redactor } from "../redaction/redactor.ts";
import { resourceRedactor } from "./redact-resource.ts";

/**
 * Makes the function that copies a log record without secrets and content. Our own lines are redacted already; records
 * that others make with OpenTelemetry's API go the same way.
 */
export function logRecordRedactor(
  redactor: Redactor,
): (record: ReadableLogRecord) => ReadableLogRecord {
  const resourceOf = resourceRedactor(redactor);
  return (record) => {
    const { body, eventName, spanContext, severityText, severityNumber } = record;
    return {
      hrTime: record.hrTime,
      hrTimeObserved: record.hrTimeObserved,
      ...(spanContext !== undefined && { spanContext }),
      ...(severityText !== undefined && { severityText }),
      ...(severityNumber !== undefined && { severityNumber }),
      ...(body !== undefined && { body: redactor.value(body) }),
      ...(eventName !== undefined && { eventName: redactor.text(eventName) }),
      resource: resourceOf(record.resource),
      instrumentationScope: record.instrumentationScope,
      attributes: redactor.attributes(record.attributes),
      droppedAttributesCount: record.droppedAttributesCount,
    };
  };
}
