import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FILES = {
  "src/agents/grade.ts": `export function grade(points: number): number {
  if (points < 0) {
    throw new RangeError("points");
  }
  if (points > 90) return 1;
  return points > 50 ? 2 : 3;
}
`,
  "src/agents/types.ts": "export interface Nothing { readonly to: 'run' }\n",
  "src/agents/unused.ts":
    "export function unused(): number {\n  const one = 1;\n  return one;\n}\n",
  "src/other.ts": 'export const other = (): string => "other";\n',
  "src/agents/grade.test.ts": `import { expect, it } from "vitest";
import { other } from "../other.ts";
import { grade } from "./grade.ts";
it("grades", () => {
  expect(grade(95)).toBe(1);
  expect(other()).toBe("other");
});
`,
  "vitest.config.ts": `export default {
  test: {
    include: ["src/**/*.test.ts"],
    coverage: {
      enabled: true,
      include: ["src/**"],
      exclude: ["**/*.test.ts"],
      reporter: ["lcovonly", "json", "json-summary"],
    },
  },
};
`,
};

/** Runs vitest with its v8 coverage over a small project, in a folder that version control ignores. */
export function runWithCoverage(): string {
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  mkdirSync(join(root, ".tmp"), { recursive: true });
  const project = mkdtempSync(join(root, ".tmp/coverage-"));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, "run", "--root", "."], {
    cwd: project,
    encoding: "utf8",
    // A run inside a run must not take itself for a worker of the outer one.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !/VITEST/.test(name))),
  });
  if (status !== 0) throw new Error(`vitest ended with ${status}: ${stdout}${stderr}`);
  return project;
}
