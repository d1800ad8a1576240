import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll } from "vitest";

/** Runs the tests of a file in a folder of nobody's: paths that they make up are taken at their word. */
export function useEmptyFolder(): void {
  const before = process.cwd();
  const folder = mkdtempSync(`${tmpdir()}/tta-fuzz-`);
  beforeAll(() => {
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
}
