import { existsSync } from "node:fs";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";

/** How many files of a report are tried to find out what its paths begin at. */
const SAMPLE = 40;

/** What the paths of a report begin with, and what stands for it on this machine. */
interface Origin {
  readonly prefix: string;
  readonly folder: string;
}

/**
 * Finds out where the files of a report are on this machine.
 *
 * A report has paths relative to wherever the tests were started, or absolute ones, perhaps of another machine. What
 * they begin at is the folder under which most of them exist.
 *
 * @param folders Where to look: the project's folder, the report's.
 * @returns a function that gives a path of the report relative to the first of the folders, with forward slashes.
 */
export function reportPaths(
  paths: readonly string[],
  folders: readonly [string, ...string[]],
): (path: string) => string {
  const [root] = folders;
  const sample = paths.slice(0, SAMPLE).map(slashes);
  const origins = sample.flatMap((path) => originOf(path, folders.flatMap(withAncestors)));
  const score = (origin: Origin): number =>
    sample.filter((path) => existsSync(placeOf(path, origin, root))).length;
  const best = uniqueOf(origins)
    .map((origin) => ({ origin, found: score(origin) }))
    .reduce<{ readonly origin: Origin; readonly found: number } | undefined>(
      (most, one) => (most === undefined || one.found > most.found ? one : most),
      undefined,
    );
  return (path) => slashes(relative(root, placeOf(slashes(path), best?.origin, root)));
}

/** The longest end of a path that exists in one of the folders. */
function originOf(path: string, folders: readonly string[]): readonly Origin[] {
  const segments = path.split("/");
  for (let cut = 0; cut < segments.length; cut++) {
    const rest = segments.slice(cut).join("/");
    const folder = rest === "" ? undefined : folders.find((one) => existsSync(resolve(one, rest)));
    if (folder === undefined) continue;
    const prefix = segments.slice(0, cut).map((segment) => `${segment}/`);
    return [{ prefix: isAbsolute(rest) ? "" : prefix.join(""), folder }];
  }
  return [];
}

function placeOf(path: string, origin: Origin | undefined, root: string): string {
  if (origin === undefined || !path.startsWith(origin.prefix)) return resolve(root, path);
  return resolve(origin.folder, path.slice(origin.prefix.length));
}

function withAncestors(folder: string): readonly string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...withAncestors(above)];
}

function uniqueOf(origins: readonly Origin[]): readonly Origin[] {
  return [...new Map(origins.map((one) => [`${one.prefix}\0${one.folder}`, one])).values()];
}

function slashes(path: string): string {
  return sep === "\\" || /^[A-Za-z]:\\/.test(path) ? path.replaceAll("\\", "/") : path;
}
