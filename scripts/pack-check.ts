/** Checks every package as its users would get it: publint on its files, arethetypeswrong on its packed types. */
import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOnce } from "./build-once.ts";
import { runCommand } from "./run-command.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const publint = fileURLToPath(new URL("cli.js", import.meta.resolve("publint")));
const attw = fileURLToPath(
  new URL("dist/index.js", import.meta.resolve("@arethetypeswrong/cli/package.json")),
);

try {
  buildOnce();
  const folders = publicPackages();
  const problems = await Promise.all(folders.map(checkPackage));
  for (const [index, folder] of folders.entries())
    console.log(`${folder}: ${problems[index] || "fine"}`);
  if (folders.length === 0) throw new Error("there are no packages to check");
  process.exitCode = problems.every((problem) => problem === "") ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function publicPackages(): readonly string[] {
  return globSync("packages/*/package.json", { cwd: root })
    .filter(
      (path) =>
        !(JSON.parse(readFileSync(`${root}${path}`, "utf8")) as { private?: boolean }).private,
    )
    .map(dirname)
    .toSorted();
}

/** Says what is wrong with a package; nothing when it is fine. */
async function checkPackage(folder: string): Promise<string> {
  const cwd = `${root}${folder}`;
  // One after the other: both pack the folder.
  const lint = await runCommand([process.execPath, publint, "--strict"], cwd);
  const types = await runCommand(
    [process.execPath, attw, "--pack", ".", "--profile", "esm-only", "--no-color"],
    cwd,
  );
  return [lint, types].map(({ succeeded, output }) => (succeeded ? "" : `\n${output}`)).join("");
}
