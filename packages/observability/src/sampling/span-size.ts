import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** A span of the SDK with its ids, times and empty lists, and an attribute without its text: measured on Node 24. */
const SPAN_BYTES = 900;
const ATTRIBUTE_BYTES = 24;
const EVENT_BYTES = 200;
const LINK_BYTES = 300;
/** An estimate must end. */
const MAX_DEPTH = 8;

/** Estimates what a span holds of memory, in bytes. Keys are not counted: they are the same strings everywhere. */
export function estimateBytes(span: ReadableSpan): number {
  let bytes = SPAN_BYTES + bytesOf(span.attributes);
  for (const { attributes } of span.events)
    bytes += EVENT_BYTES + (attributes === undefined ? 0 : bytesOf(attributes));
  for (const { attributes } of span.links)
    bytes += LINK_BYTES + (attributes === undefined ? 0 : bytesOf(attributes));
  return bytes;
}

function bytesOf(attributes: Attributes): number {
  let bytes = 0;
  for (const key in attributes) {
    const value: unknown = attributes[key];
    bytes += ATTRIBUTE_BYTES;
    if (typeof value === "string") bytes += value.length;
    else if (typeof value === "object" && value !== null) bytes += bytesOfItems(value, 1);
  }
  return bytes;
}

function bytesOfItems(value: object, depth: number): number {
  let bytes = ATTRIBUTE_BYTES;
  for (const item of Object.values(value) as unknown[]) {
    bytes += 8;
    if (typeof item === "string") bytes += item.length;
    else if (typeof item === "object" && item !== null && depth < MAX_DEPTH)
      bytes += bytesOfItems(item, depth + 1);
  }
  return bytes;
}
