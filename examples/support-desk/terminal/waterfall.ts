import type { SpanRecord } from "./span-record.ts";

/**
 * Makes a function that draws when a span ran within its trace as a bar of `columns` columns.
 * However short a span is, its bar has one.
 */
export function drawWaterfall(
  spans: readonly SpanRecord[],
  columns: number,
): (span: SpanRecord) => string {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  const columnsPerMs = endMs > startMs ? columns / (endMs - startMs) : 0;
  return (span) => {
    const from = Math.min(columns - 1, Math.floor((span.startMs - startMs) * columnsPerMs));
    const to = Math.ceil((span.startMs + span.durationMs - startMs) * columnsPerMs);
    const length = Math.max(1, Math.min(columns, to) - from);
    return " ".repeat(Math.max(0, from)) + "━".repeat(length);
  };
}
