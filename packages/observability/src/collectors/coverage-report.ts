import { isRecord } from "../config/kind.ts";
import { parseLcov } from "./lcov.ts";

/** Lines of a file that can be run, and those that were. */
export interface LineCount {
  readonly lines: number;
  readonly covered: number;
}

/** Lines by file, under the paths that the report has. */
export type CoverageReport = ReadonlyMap<string, LineCount>;

/**
 * Reads a coverage report: `lcov.info`, Istanbul's `coverage-final.json` or `coverage-summary.json`, whatever tool
 * wrote it.
 *
 * @throws TypeError when the text is none of them.
 */
export function parseCoverage(text: string): CoverageReport {
  const start = text.trimStart();
  if (/^(?:TN:|SF:)/.test(start)) return parseLcov(text);
  let json: unknown;
  try {
    json = start.startsWith("{") ? JSON.parse(start) : undefined;
  } catch {
    // Said below, like everything else that is no report.
  }
  const files = isRecord(json) ? Object.entries(json).filter(([path]) => path !== "total") : [];
  const counts = files.map(([path, file]) => [path, summaryOf(file) ?? finalOf(file)] as const);
  const bad = counts.find(([, count]) => count === undefined);
  if (!isRecord(json) || bad !== undefined)
    throw new TypeError(
      "it is no coverage report; expected lcov.info, coverage-final.json or coverage-summary.json",
    );
  return new Map(counts as readonly (readonly [string, LineCount])[]);
}

/** A file of `coverage-summary.json`. */
function summaryOf(file: unknown): LineCount | undefined {
  const lines = isRecord(file) ? file["lines"] : undefined;
  if (!isRecord(lines)) return undefined;
  const { total, covered } = lines;
  return typeof total === "number" && typeof covered === "number"
    ? { lines: total, covered }
    : undefined;
}

/** A file of `coverage-final.json`: a line counts as run as often as the statement that begins on it and ran most. */
function finalOf(file: unknown): LineCount | undefined {
  if (!isRecord(file)) return undefined;
  const { statementMap, s: hits } = file;
  if (!isRecord(statementMap) || !isRecord(hits)) return undefined;
  const lines = new Map<number, number>();
  for (const [id, statement] of Object.entries(statementMap)) {
    const start = isRecord(statement) ? statement["start"] : undefined;
    const line = isRecord(start) ? start["line"] : undefined;
    if (typeof line !== "number") return undefined;
    lines.set(line, Math.max(lines.get(line) ?? 0, Number(hits[id] ?? 0)));
  }
  return countLines(lines);
}

/** @param hits How often each line was run. */
function countLines(hits: ReadonlyMap<number, number>): LineCount {
  return { lines: hits.size, covered: [...hits.values()].filter((count) => count > 0).length };
}
