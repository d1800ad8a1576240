import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** A copy of a package on disk. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/**
 * Finds every copy of the packages whose name fits, in the `node_modules` of a folder and of those above it, nested ones
 * included: as npm, pnpm and yarn lay them out.
 */
export function findInstalled(cwd: string, fits: (name: string) => boolean): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const seen = new Set<string>();
  const visit = (modules: string): void => {
    if (seen.has(modules)) return;
    seen.add(modules);
    for (const name of packagesIn(modules)) {
      const folder = join(modules, name);
      if (fits(name)) note(found, folder);
      visit(join(real(folder), "node_modules"));
    }
    // pnpm keeps the real folders here.
    for (const store of list(join(modules, ".pnpm")))
      visit(join(modules, ".pnpm", store, "node_modules"));
  };
  for (let folder = cwd; ; folder = dirname(folder)) {
    visit(join(folder, "node_modules"));
    if (folder === dirname(folder)) break;
  }
  return [...found.values()];
}

function note(found: Map<string, InstalledPackage>, folder: string): void {
  try {
    const home = realpathSync(folder);
    const text = readFileSync(join(home, "package.json"), "utf8");
    const { name, version } = JSON.parse(text) as Partial<InstalledPackage>;
    if (name !== undefined && version !== undefined)
      found.set(home, { name, version, folder: home });
  } catch {
    // A folder without a manifest is no package.
  }
}

function packagesIn(modules: string): readonly string[] {
  return list(modules).flatMap((name) =>
    name.startsWith(".")
      ? []
      : name.startsWith("@")
        ? list(join(modules, name)).map((inner) => `${name}/${inner}`)
        : [name],
  );
}

/** Where a link of a workspace leads; pnpm's links lead into its store, which is visited by itself. */
function real(folder: string): string {
  try {
    if (!lstatSync(folder).isSymbolicLink()) return folder;
    const target = realpathSync(folder);
    return target.includes("node_modules") ? folder : target;
  } catch {
    return folder;
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
