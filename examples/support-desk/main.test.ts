import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { helpText } from "./help.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "support-desk-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runMain(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=@tta-dev/source", join(import.meta.dirname, "main.ts"), ...args],
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

describe("the demo's command line", () => {
  test("--help prints the help on standard output and exits with 0", async () => {
    expect(await runMain("--help")).toEqual({ code: 0, stdout: helpText, stderr: "" });
  });

  test("a bad option is one line on standard error and exit code 2", async () => {
    expect(await runMain("--requests", "many")).toEqual({
      code: 2,
      stdout: "",
      stderr: 'support-desk: --requests "many": expected a whole number from 1 to 1000000\n',
    });
  });

  test("a malformed trace is one line on standard error and exit code 2", async () => {
    const path = join(folder, "trace.csv");
    await writeFile(path, "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,1\n");
    const { code, stdout, stderr } = await runMain("--trace", path);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^support-desk: --trace .*trace\.csv, line 2: expected a row of .*, got ".*"\n$/u,
    );
  });
});
