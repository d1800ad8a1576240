import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runVitest } from "../../scripts/run-vitest.ts";
import type { Tally } from "../../scripts/tally.ts";

// Inside the project, so that the fixtures find vitest.
const FOLDER = resolve("tests/runner/.tmp");
const CONFIG = join(FOLDER, "vitest.config.ts");
const TIMEOUT_MS = 60_000;

beforeEach(() => {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(CONFIG, 'export default { test: { include: ["*.fixture.ts"] } };');
});

afterEach(() => rmSync(FOLDER, { recursive: true }));

function run(files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Tally> {
  const imports = 'import { beforeAll, describe, expect, it } from "vitest";\n';
  for (const [name, code] of Object.entries(files)) {
    writeFileSync(join(FOLDER, `${name}.fixture.ts`), `${imports}${code}`);
  }
  return runVitest(["--root", FOLDER, "--config", CONFIG, ...args], { output: "ignore" });
}

describe("runVitest", { timeout: TIMEOUT_MS }, () => {
  it("counts what passed, failed and was skipped, with the reasons", async () => {
    const tally = await run({
      a: 'it("a", () => {}); it("b", () => { expect(1).toBe(2); }); it("c", (test) => test.skip("no redis"));',
      b: 'it("a", () => {}); it.todo("b"); it.skip("c", () => {});',
    });
    expect({ ...tally, skipped: tally.skipped.toSorted() }).toEqual({
      passed: 2,
      failed: 1,
      skipped: ["no reason given", "no redis", "to do"],
      problems: [],
    });
  });

  it("counts each failure that belongs to no test", async () => {
    const tally = await run({
      hook: 'describe("suite", () => { beforeAll(() => { throw new Error("no"); }); it("a", () => {}); });',
      empty: "",
      broken: "import './missing.ts';",
      unhandled: 'it("a", () => { void Promise.reject(new Error("nobody cares")); });',
      only: 'it.only("a", () => {});',
    });
    expect(tally).toMatchObject({ passed: 1, failed: 5, skipped: ["its suite failed"] });
    expect(tally.problems.toSorted()).toEqual([
      expect.stringContaining("broken.fixture.ts: "),
      "empty.fixture.ts: no test in this file",
      "suite: no",
      "unhandled error: nobody cares",
    ]);
  });

  it("says so when a name selects tests", async () => {
    const tally = await run({ a: 'it("one", () => {}); it("two", () => {});' }, "-t", "one");
    expect(tally).toEqual({
      passed: 1,
      failed: 0,
      skipped: ["not selected by name"],
      problems: [],
    });
  });

  it("is a failure when vitest dies", async () => {
    const tally = await run(
      { a: 'it("a", () => { process.kill(process.ppid, "SIGKILL"); });' },
      "--pool=forks",
    );
    expect(tally).toEqual({
      passed: 0,
      failed: 1,
      skipped: [],
      problems: ["vitest ended (SIGKILL) before it had finished"],
    });
  });

  it("is a failure when vitest ends badly though every test passed", async () => {
    appendFileSync(CONFIG, '\nprocess.on("exit", () => { process.exitCode = 3; });');
    const tally = await run({ a: 'it("a", () => {});' });
    expect(tally).toMatchObject({ passed: 1, failed: 1 });
    expect(tally.problems).toEqual([expect.stringContaining("though no test failed")]);
  });

  it("is a failure when vitest hangs", async () => {
    writeFileSync(CONFIG, "setInterval(() => {}, 1000); await new Promise(() => {});");
    const tally = await runVitest(["--root", FOLDER, "--config", CONFIG], {
      output: "ignore",
      idleMs: 300,
    });
    expect(tally).toMatchObject({ passed: 0, failed: 1 });
    expect(tally.problems).toEqual([expect.stringContaining("nothing happened for 300 ms")]);
  });

  it("counts nothing when there is nothing", async () => {
    expect(await run({})).toEqual({ passed: 0, failed: 0, skipped: [], problems: [] });
  });
});
