import { readFileSync } from "node:fs";

/** A row of a table: its cells by the column's heading. */
export type Row = Readonly<Record<string, string>>;

/**
 * Reads the tables that stand between a heading of a document and the next heading.
 *
 * @throws Error when there is no such heading, or no table under it.
 */
export function tablesUnder(document: string, heading: string): readonly (readonly Row[])[] {
  const lines = withoutFences(readFileSync(document, "utf8")).split("\n");
  const start = lines.findIndex((line) => line.replace(/^#+ /, "") === heading && line !== heading);
  if (start < 0) throw new Error(`${document} has no heading "${heading}"`);
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith("#"));
  const section = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  const tables = section
    .join("\n")
    .split("\n\n")
    .map((block) => block.split("\n").filter((line) => line.startsWith("|")))
    .filter((block) => block.length > 2)
    .map(tableOf);
  if (tables.length === 0) throw new Error(`${document}: there is no table under "${heading}"`);
  return tables;
}

/** Reads the first table under a heading. */
export function tableUnder(document: string, heading: string): readonly Row[] {
  return tablesUnder(document, heading)[0]!;
}

/** Lists what stands in backticks. */
export function codeIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

function tableOf(block: readonly string[]): readonly Row[] {
  const [head = [], , ...body] = block.map(cellsOf);
  return body.map((cells) =>
    Object.fromEntries(head.map((heading, index) => [heading, cells[index] ?? ""])),
  );
}

function cellsOf(line: string): readonly string[] {
  return line
    .replace(/^\|/, "")
    .replace(/\|\s*$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** Blanks code blocks, keeping the lines: a comment in a shell script is no heading. */
function withoutFences(text: string): string {
  return text.replaceAll(/^(`{3,})[^\n]*\n.*?^\1$/gms, (block) => block.replaceAll(/[^\n]/g, ""));
}
