import { displayWidth, padLeft, padRight, singleLine, truncate } from "./display-width.ts";
import { durationText } from "./duration-text.ts";
import { paintNothing } from "./paint.ts";
import type { Paint, Style } from "./paint.ts";
import { spanFacts } from "./span-facts.ts";
import type { SpanRecord } from "./span-record.ts";
import { drawWaterfall } from "./waterfall.ts";

/** Options of `renderTraceTree`. */
export interface TraceTreeOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** @default paintNothing */
  readonly paint?: Paint;
}

interface Row {
  readonly span: SpanRecord;
  /** The lines that lead to the span. */
  readonly branches: string;
  /** Whether a child failed too. */
  readonly failedBelow: boolean;
}

const durationColumns = 9;
const prefix = "primitive.";
/** Below this many columns the prefix every span name has is left out. */
const fullNameWidth = 120;
/** From this many columns on each span has a bar that shows when it ran. */
const waterfallWidth = 140;

/**
 * Draws the spans of a trace as a tree: a line for each span with its mark (✓ success, ✗ error,
 * – cancelled), its name, what is worth knowing of it, and its duration. Siblings are in order of
 * their start. A span whose parent is not among the spans is drawn as a root.
 */
export function renderTraceTree(spans: readonly SpanRecord[], options: TraceTreeOptions): string {
  const { width, paint = paintNothing } = options;
  const rows = layOut(spans);
  const barColumns = width >= waterfallWidth ? Math.floor(width / 4) : 0;
  const textColumns = width - durationColumns - (barColumns > 0 ? barColumns + 2 : 0);
  const bar = drawWaterfall(spans, barColumns);
  return rows
    .map((row) => {
      const text = renderText(row, { columns: textColumns, full: width >= fullNameWidth, paint });
      const duration = padLeft(durationText(row.span.durationMs), durationColumns);
      const { style } = markOf(row.span);
      return text + duration + (barColumns > 0 ? `  ${paint(style, bar(row.span))}` : "");
    })
    .map((line) => line.trimEnd())
    .join("\n");
}

function layOut(spans: readonly SpanRecord[]): readonly Row[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const childrenOf = Map.groupBy(spans, ({ parentSpanId }) =>
    parentSpanId !== undefined && ids.has(parentSpanId) ? parentSpanId : undefined,
  );
  const rows: Row[] = [];
  function visit(parentId: string | undefined, indent: string): void {
    const children = (childrenOf.get(parentId) ?? []).toSorted((a, b) => a.startMs - b.startMs);
    for (const [index, span] of children.entries()) {
      const last = index === children.length - 1;
      const isRoot = parentId === undefined;
      const failedBelow = (childrenOf.get(span.spanId) ?? []).some(
        (child) => markOf(child).mark === "✗",
      );
      rows.push({ span, failedBelow, branches: isRoot ? "" : indent + (last ? "└ " : "├ ") });
      visit(span.spanId, isRoot ? "" : indent + (last ? "  " : "│ "));
    }
  }
  visit(undefined, "");
  return rows;
}

function renderText(
  { span, branches, failedBelow }: Row,
  {
    columns,
    full,
    paint,
  }: { readonly columns: number; readonly full: boolean; readonly paint: Paint },
): string {
  const { mark, style } = markOf(span);
  const name = singleLine(span.name);
  const shownName = full || !name.startsWith(prefix) ? name : name.slice(prefix.length);
  const room = columns - displayWidth(branches) - 2;
  const cutName = truncate(shownName, room);
  const factRoom = room - displayWidth(cutName) - 2;
  const facts = factRoom >= 4 ? truncate(spanFacts(span, failedBelow).join(", "), factRoom) : "";
  const painted = cutName.startsWith(prefix)
    ? paint("dim", prefix) + cutName.slice(prefix.length)
    : cutName;
  const tail = facts === "" ? "" : `  ${paint(style === "green" ? "cyan" : style, facts)}`;
  const used = displayWidth(cutName) + (facts === "" ? 0 : 2 + displayWidth(facts));
  return (
    paint("dim", branches) + paint(style, mark) + " " + painted + tail + padRight("", room - used)
  );
}

function markOf(span: SpanRecord): { readonly mark: string; readonly style: Style } {
  const outcome = span.attributes["execution.status"];
  if (outcome === "cancelled") return { mark: "–", style: "yellow" };
  const failed = span.status === "error" || (typeof outcome === "string" && outcome !== "success");
  return failed ? { mark: "✗", style: "red" } : { mark: "✓", style: "green" };
}
