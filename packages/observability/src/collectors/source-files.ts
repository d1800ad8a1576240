import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { folderOf, globMatcher } from "./glob.ts";

/** A file on the disk. */
export interface SourceFile {
  /** Relative to the project's folder, with forward slashes. */
  readonly path: string;
  readonly modifiedAtMs: number;
}

/** No walk goes on for longer; more files than that are hardly one component. */
const MOST_FILES = 10_000;

const CODE = /\.[cm]?[jt]sx?$/;
const NOT_MEASURED = /\.(?:d|test|spec|test-d|fixture|stories|config)\.[cm]?[jt]sx?$/;
const NOT_ENTERED = new Set(["node_modules", "dist", "coverage", "__tests__"]);

/** Lists the code that globs mean, without tests and what no tool measures. Folders that cannot be read have none. */
export async function sourceFiles(
  root: string,
  globs: readonly string[],
): Promise<readonly SourceFile[]> {
  const matches = globMatcher(globs);
  const starts = new Set(globs.filter((glob) => !glob.startsWith("!")).map(folderOf));
  const paths = new Set<string>();
  for (const start of starts) {
    for await (const path of filesBelow(root, start.replace(/\/$/, ""))) {
      if (CODE.test(path) && !NOT_MEASURED.test(path) && matches(path)) paths.add(path);
      if (paths.size >= MOST_FILES) break;
    }
  }
  return Promise.all(
    [...paths].toSorted().map(async (path) => {
      const { mtimeMs } = await stat(join(root, path));
      return { path, modifiedAtMs: mtimeMs };
    }),
  );
}

async function* filesBelow(root: string, path: string): AsyncGenerator<string> {
  const info = await stat(join(root, path)).catch(() => undefined);
  if (info?.isFile() === true) yield path;
  if (info?.isDirectory() !== true) return;
  const folder = await opendir(join(root, path)).catch(() => undefined);
  if (folder === undefined) return;
  for await (const entry of folder) {
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.isFile()) yield below;
    else if (entry.isDirectory() && !NOT_ENTERED.has(entry.name) && !entry.name.startsWith("."))
      yield* filesBelow(root, below);
  }
}
