import { displayWidth, padLeft, padRight, truncate } from "./display-width.ts";
import type { Paint, Style } from "./paint.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

/** A cell: its text, or its text and a style. */
export type Cell = string | { readonly text: string; readonly style: Style };

const gap = "  ";

/** Draws a table with a rule under its head. When it is too wide, the first column is cut. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, paint }: { readonly width: number; readonly paint: Paint },
): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(textOf(row[index])))),
  );
  const excess =
    widths.reduce((sum, columnWidth) => sum + columnWidth + gap.length, -gap.length) - width;
  widths[0] = Math.max(8, (widths[0] ?? 0) - Math.max(0, excess));

  const renderRow = (cells: readonly (Cell | undefined)[]): string =>
    columns
      .map(({ align }, index) => {
        const columnWidth = widths[index] ?? 0;
        const cut = truncate(textOf(cells[index]), columnWidth);
        const padded = align === "right" ? padLeft(cut, columnWidth) : padRight(cut, columnWidth);
        const style = styleOf(cells[index]);
        return style === undefined ? padded : paint(style, padded);
      })
      .join(gap)
      .trimEnd();

  const rule = "─".repeat(
    widths.reduce((sum, columnWidth) => sum + columnWidth + gap.length, -gap.length),
  );
  const head = renderRow(columns.map(({ title }) => ({ text: title, style: "bold" })));
  return [head, paint("dim", rule), ...rows.map(renderRow)].join("\n");
}

function textOf(cell: Cell | undefined): string {
  return typeof cell === "string" ? cell : (cell?.text ?? "");
}

function styleOf(cell: Cell | undefined): Style | undefined {
  return typeof cell === "object" ? cell.style : undefined;
}
