import { spawnSync } from "node:child_process";
import { globSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Builds the packages whose sources changed since their last build, and removes what a deleted source left in dist.
 *
 * @throws Error with the compiler's messages when a package does not compile.
 */
export function buildOnce(): void {
  for (const output of globSync("packages/*/dist/**/*.{js,d.ts,js.map,d.ts.map}", { cwd: root })) {
    const source = output.replace("/dist/", "/src/").replace(/(\.d\.ts|\.js)(\.map)?$/, ".ts");
    if (!existsSync(`${root}${source}`)) rmSync(`${root}${output}`);
  }
  const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [compiler, "-b", "tsconfig.build.json", "--pretty", "false"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  if (status !== 0)
    throw new Error(`the packages do not compile:\n${stdout}${stderr}`, { cause: error });
}

if (import.meta.main) {
  try {
    buildOnce();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
