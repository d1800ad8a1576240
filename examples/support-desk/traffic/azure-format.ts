import { parseTokenCount } from "./trace-row.ts";
import type { ParsedLine, TraceFormat } from "./trace-row.ts";

const header = "TIMESTAMP,ContextTokens,GeneratedTokens";
const timestamp =
  /^(?<date>\d{4}-\d{2}-\d{2})[ T](?<time>\d{2}:\d{2}:\d{2})(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-]\d{2}:\d{2})?$/u;

/** Whether a trace's first line is the header of an Azure LLM inference trace. */
export function isAzureHeader(line: string): boolean {
  return line.trim().toLowerCase() === header.toLowerCase();
}

/**
 * The Azure LLM inference traces of 2023 and 2024: a header, then rows of timestamp, prompt tokens
 * and generated tokens. Timestamps have six or seven fractional digits and are in UTC unless they
 * say otherwise.
 */
export const azureFormat: TraceFormat = {
  name: "Azure CSV",
  expected: `a row of ${header}, such as 2023-11-16 18:15:46.6805900,374,44`,
  hasHeader: true,
  parse: parseAzureRow,
};

function parseAzureRow(line: string): ParsedLine | undefined {
  const cells = line.split(",").map((cell) => cell.trim());
  const match = timestamp.exec(cells[0] ?? "")?.groups;
  const promptTokens = parseTokenCount(cells[1]);
  const completionTokens = parseTokenCount(cells[2]);
  if (cells.length !== 3 || match === undefined) return undefined;
  if (promptTokens === undefined || completionTokens === undefined) return undefined;

  const seconds = Date.parse(
    `${match["date"] ?? ""}T${match["time"] ?? ""}${match["zone"] ?? "Z"}`,
  );
  if (Number.isNaN(seconds)) return undefined;
  const fraction = Number((match["fraction"] ?? "").padEnd(9, "0"));
  return {
    milliseconds: seconds + Math.floor(fraction / 1e6),
    nanoseconds: fraction % 1e6,
    promptTokens,
    completionTokens,
  };
}
