import type { Link } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Redactor } from "../redaction/redactor.ts";
import { resourceRedactor } from "./redact-resource.ts";

type Event = ReadableSpan["events"][number];

/**
 * Makes the function that takes secrets and content out of a finished span: out of its name, status, attributes,
 * events (exceptions with their stacks), links and resource. Where there is nothing to take it returns the span itself.
 */
export function spanRedactor(redactor: Redactor): (span: ReadableSpan) => ReadableSpan {
  const resourceOf = resourceRedactor(redactor);
  const eventOf = (event: Event): Event => {
    const name = redactor.text(event.name);
    const attributes = event.attributes && redactor.attributes(event.attributes);
    if (name === event.name && attributes === event.attributes) return event;
    return { ...event, name, ...(attributes !== undefined && { attributes }) };
  };
  const linkOf = (link: Link): Link => {
    const attributes = link.attributes && redactor.attributes(link.attributes);
    return attributes === undefined || attributes === link.attributes
      ? link
      : { ...link, attributes };
  };
  const statusOf = (status: ReadableSpan["status"]): ReadableSpan["status"] => {
    const message = status.message && redactor.text(status.message);
    return message === undefined || message === status.message ? status : { ...status, message };
  };

  return (span) => {
    const name = redactor.text(span.name);
    const attributes = redactor.attributes(span.attributes);
    const status = statusOf(span.status);
    const events = mapped(span.events, eventOf);
    const links = mapped(span.links, linkOf);
    const resource = resourceOf(span.resource);
    if (
      name === span.name &&
      attributes === span.attributes &&
      status === span.status &&
      events === span.events &&
      links === span.links &&
      resource === span.resource
    )
      return span;
    const { parentSpanContext } = span;
    return {
      name,
      kind: span.kind,
      spanContext: () => span.spanContext(),
      ...(parentSpanContext !== undefined && { parentSpanContext }),
      startTime: span.startTime,
      endTime: span.endTime,
      status,
      attributes,
      links,
      events,
      duration: span.duration,
      ended: span.ended,
      resource,
      instrumentationScope: span.instrumentationScope,
      droppedAttributesCount: span.droppedAttributesCount,
      droppedEventsCount: span.droppedEventsCount,
      droppedLinksCount: span.droppedLinksCount,
    };
  };
}

/** The same array where nothing in it changed. */
function mapped<T>(before: T[], change: (one: T) => T): T[] {
  if (before.length === 0) return before;
  const after = before.map(change);
  return after.every((one, index) => one === before[index]) ? before : after;
}
