import { displayWidth, truncate } from "./display-width.ts";

/** Joins parts with commas into lines of at most `columns` columns, breaking between parts only. */
export function wrapParts(parts: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : `${line}, ${part}`;
    // One column is kept for the comma that follows when the next part goes to a new line.
    if (line !== "" && displayWidth(longer) > columns - 1) {
      lines.push(`${line},`);
      line = part;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((text) => truncate(text, columns));
}
