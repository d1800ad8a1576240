import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** What two contestants must have in common about one span, whoever made it. */
export interface SpanRecord {
  readonly name: string;
  readonly id: string;
  readonly parentId: string | undefined;
  readonly failed: boolean;
  /** Exception events; undefined where the contestant's spans do not tell. */
  readonly exceptions: number | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Reads a span of the OpenTelemetry SDK. */
export function recordOf(span: ReadableSpan): SpanRecord {
  return {
    name: span.name,
    id: span.spanContext().spanId,
    parentId: span.parentSpanContext?.spanId,
    failed: span.status.code === SpanStatusCode.ERROR,
    exceptions: span.events.filter((event) => event.name === "exception").length,
    attributes: span.attributes,
  };
}

/** Attributes that say the same in other words: ids, and names that depend on how a contestant calls its parts. */
const free = new Set(["workflow.id", "primitive.path", "primitive.name", "step.name"]);

/** Says in which ways the traces of two contestants differ; an empty list where they are equal. */
export function differences(ours: readonly SpanRecord[], theirs: readonly SpanRecord[]): string[] {
  const left = byPosition(ours);
  const right = byPosition(theirs);
  const found: string[] = [];
  for (const position of left.keys())
    if (!right.has(position)) found.push(`only ours has the span ${position}`);
  for (const [position, other] of right) {
    const own = left.get(position);
    if (own === undefined) found.push(`only theirs has the span ${position}`);
    else
      found.push(...spanDifferences(own, other).map((difference) => `${position}: ${difference}`));
  }
  if (ours.length !== theirs.length)
    found.push(`ours has ${ours.length} spans, theirs ${theirs.length}`);
  return found;
}

function byPosition(spans: readonly SpanRecord[]): ReadonlyMap<string, SpanRecord> {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const positionOf = (span: SpanRecord): string => {
    if (span.parentId === undefined) return span.name;
    const parent = byId.get(span.parentId);
    return `${parent === undefined ? "(unknown parent)" : positionOf(parent)} > ${span.name}`;
  };
  return new Map(spans.map((span) => [positionOf(span), span]));
}

function spanDifferences(ours: SpanRecord, theirs: SpanRecord): readonly string[] {
  const found: string[] = [];
  if (ours.failed !== theirs.failed)
    found.push(`failed is ${ours.failed} for ours, ${theirs.failed} for theirs`);
  if (
    ours.exceptions !== undefined &&
    theirs.exceptions !== undefined &&
    ours.exceptions !== theirs.exceptions
  )
    found.push(`${ours.exceptions} exceptions for ours, ${theirs.exceptions} for theirs`);
  for (const key of new Set([...Object.keys(ours.attributes), ...Object.keys(theirs.attributes)])) {
    const [own, other] = [ours.attributes[key], theirs.attributes[key]];
    const same = free.has(key) ? isText(own) && isText(other) : own === other;
    if (!same)
      found.push(`${key} is ${JSON.stringify(own)} for ours, ${JSON.stringify(other)} for theirs`);
  }
  return found;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
