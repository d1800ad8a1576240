/** Marks a part of a page that is written by a program. */
const begin = (name: string): string => `<!-- generated: ${name} -->`;
const END = "<!-- end of generated -->";

/**
 * Puts text between a page's marks.
 *
 * @throws Error when the page has no such marks.
 */
export function fillRegion(page: string, name: string, text: string): string {
  const [start, end] = regionOf(page, name);
  return `${page.slice(0, start)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}

/** Reads what stands between a page's marks. */
export function readRegion(page: string, name: string): string {
  return page.slice(...regionOf(page, name)).trim();
}

function regionOf(page: string, name: string): [start: number, end: number] {
  const start = page.indexOf(begin(name)) + begin(name).length;
  const end = page.indexOf(END, start);
  if (start < begin(name).length || end < 0)
    throw new Error(`the page has no "${begin(name)}" that ends with "${END}"`);
  return [start, end];
}

/** Writes a Markdown table. */
export function markdownTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Puts text in backticks. */
export function code(text: string): string {
  return `\`${text}\``;
}
