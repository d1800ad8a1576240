import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Installs OpenTelemetry SDK 2.x in tests/sdk-2 unless it is there.
 *
 * SDK 2.x wants an older API than SDK 3.x, so it cannot be a workspace, and `npm ci` at the root leaves it out.
 *
 * @throws Error with npm's output when npm fails.
 */
export function installSdk2(): void {
  const folder = fileURLToPath(new URL("../tests/sdk-2", import.meta.url));
  if (
    modifiedMs(`${folder}/node_modules/.package-lock.json`) >=
    modifiedMs(`${folder}/package-lock.json`)
  )
    return;
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    encoding: "utf8",
    timeout: 5 * 60_000,
  });
  if (npm.status !== 0)
    throw new Error(`npm ci failed in tests/sdk-2:\n${npm.stdout}${npm.stderr}`, {
      cause: npm.error,
    });
}

function modifiedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (import.meta.main) installSdk2();
