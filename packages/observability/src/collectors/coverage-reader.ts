import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ComponentCoverage } from "@tta-dev/primitives/slo";
import { parseCoverage, type CoverageReport } from "./coverage-report.ts";
import { counted } from "./gate-words.ts";
import { globMatcher } from "./glob.ts";
import type { CoverageReading, NoData } from "./readings.ts";
import { reportPaths } from "./report-paths.ts";
import { sourceFiles, type SourceFile } from "./source-files.ts";

/** Reads how many of a component's lines are covered. Never rejects. */
export type CoverageReader = (
  coverage: ComponentCoverage | undefined,
) => Promise<CoverageReading | NoData>;

/** A report, under paths relative to the project's folder. */
interface LocatedReport {
  readonly files: CoverageReport;
  readonly writtenAtMs: number;
}

/**
 * Makes a reader that keeps what it parsed: components share a report, which is read again when it has changed.
 *
 * @param root Folder that paths and globs are relative to.
 */
export function createCoverageReader(root: string): CoverageReader {
  const kept = new Map<string, LocatedReport>();

  async function locate(path: string): Promise<LocatedReport> {
    const file = resolve(root, path);
    const { mtimeMs } = await stat(file);
    const known = kept.get(path);
    if (known?.writtenAtMs === mtimeMs) return known;
    const report = parseCoverage(await readFile(file, "utf8"));
    const placeOf = reportPaths([...report.keys()], [root, dirname(file)]);
    const files = new Map([...report].map(([name, count]) => [placeOf(name), count]));
    const located = { files, writtenAtMs: mtimeMs };
    kept.set(path, located);
    return located;
  }

  return async (coverage) => {
    if (coverage === undefined) return { noData: "it declares no coverage report" };
    const { report } = coverage;
    try {
      return await countIn(await locate(report), coverage, root);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { noData: code === "ENOENT" ? `${report} does not exist` : `${report}: ${message}` };
    }
  };
}

async function countIn(
  { files, writtenAtMs }: LocatedReport,
  { report, include }: ComponentCoverage,
  root: string,
): Promise<CoverageReading | NoData> {
  const matches = globMatcher(include);
  const own = [...files].filter(([path]) => matches(path));
  if (own.length === 0) return { noData: `${report} has no file of ${include.join(", ")}` };
  const lines = own.reduce((sum, [, file]) => sum + file.lines, 0);
  if (lines === 0) return { noData: `${report} has no line of ${include.join(", ")} to cover` };
  const sources = await sourceFiles(root, include);
  return {
    covered: own.reduce((sum, [, { covered }]) => sum + covered, 0),
    lines,
    note: [
      `${counted(lines, "line")} in ${counted(own.length, "file")} of ${report}`,
      ...doubtsAbout(sources, files, writtenAtMs),
    ].join("; "),
  };
}

/** What makes a report say less than it seems to. */
function doubtsAbout(
  sources: readonly SourceFile[],
  files: CoverageReport,
  writtenAtMs: number,
): readonly string[] {
  const absent = sources.filter(({ path }) => !files.has(path));
  const newer = sources.find(({ modifiedAtMs }) => modifiedAtMs > writtenAtMs);
  return [
    ...(absent.length > 0 ? [`not in it: ${named(absent)}`] : []),
    ...(newer === undefined ? [] : [`it is older than ${newer.path}`]),
  ];
}

function named(sources: readonly SourceFile[]): string {
  const [first, ...others] = sources;
  return `${first?.path ?? ""}${others.length > 0 ? ` and ${counted(others.length, "other")}` : ""}`;
}
