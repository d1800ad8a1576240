import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCoverageReader } from "./coverage-reader.ts";
import { runWithCoverage } from "./coverage-run.fixture.ts";

describe("the coverage of a real run", () => {
  let project = "";
  beforeAll(() => {
    project = runWithCoverage();
  }, 30_000);
  afterAll(() => {
    rmSync(project, { recursive: true });
  });

  const reports = ["coverage-summary.json", "coverage-final.json", "lcov.info"];

  it.each(reports)("is the component's lines alone, by %s", async (name) => {
    const report = `coverage/${name}`;
    const read = createCoverageReader(project);
    expect(await read({ report, include: ["src/agents/**"] })).toEqual({
      covered: 2,
      lines: 6,
      note: `6 lines in 3 files of ${report}`,
    });
    expect(await read({ report, include: ["src/agents/**", "!**/unused.ts"] })).toMatchObject({
      covered: 2,
      lines: 4,
    });
    expect(await read({ report, include: ["src/other.ts"] })).toMatchObject({
      covered: 1,
      lines: 1,
    });
  });

  it.each(reports)("is what vitest says of all files, by %s", async (name) => {
    const summary = JSON.parse(
      readFileSync(join(project, "coverage/coverage-summary.json"), "utf8"),
    ) as { readonly total: { readonly lines: { readonly total: number; covered: number } } };
    const { total, covered } = summary.total.lines;
    const read = createCoverageReader(project);
    expect(await read({ report: `coverage/${name}`, include: ["**"] })).toMatchObject({
      lines: total,
      covered,
    });
  });

  it.each(reports)("is found from a folder further in, by %s", async (name) => {
    const read = createCoverageReader(join(project, "src/agents"));
    expect(await read({ report: `../../coverage/${name}`, include: ["*.ts"] })).toMatchObject({
      lines: 6,
    });
  });

  it("is found in a report of another machine", async () => {
    const text = readFileSync(join(project, "coverage/coverage-summary.json"), "utf8");
    for (const other of ["/home/ada/desk", "C:\\\\desk"]) {
      const moved = text
        .replaceAll(project, other)
        .replaceAll(/"C:[^"]*"/g, (path) => path.replaceAll("/", "\\\\"));
      writeFileSync(join(project, "coverage/moved.json"), moved);
      const read = createCoverageReader(project);
      expect(
        await read({ report: "coverage/moved.json", include: ["src/agents/**"] }),
      ).toMatchObject({ lines: 6, covered: 2 });
    }
  });

  it("has no data where no line can be covered", async () => {
    const read = createCoverageReader(project);
    expect(await read({ report: "coverage/lcov.info", include: ["src/agents/types.ts"] })).toEqual({
      noData: "coverage/lcov.info has no line of src/agents/types.ts to cover",
    });
    expect(await read({ report: "coverage/lcov.info", include: ["lib/**"] })).toEqual({
      noData: "coverage/lcov.info has no file of lib/**",
    });
  });
});

describe("createCoverageReader", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "tta-coverage-"));
    mkdirSync(join(root, "src/deep"), { recursive: true });
    for (const name of ["a.ts", "b.ts", "deep/c.ts", "a.test.ts", "types.d.ts", "notes.md"])
      writeFileSync(join(root, "src", name), "");
    writeFileSync(join(root, "lcov.info"), "SF:src/a.ts\nDA:1,1\nend_of_record\n");
    writeFileSync(join(root, "bad.info"), "nothing");
    for (const name of ["a.ts", "b.ts", "deep/c.ts"])
      utimesSync(join(root, "src", name), 1_000, 1_000);
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it("says which files of the component the report leaves out", async () => {
    const read = createCoverageReader(root);
    expect(await read({ report: "lcov.info", include: ["src/**"] })).toEqual({
      covered: 1,
      lines: 1,
      note: "1 line in 1 file of lcov.info; not in it: src/b.ts and 1 other",
    });
  });

  it("says when a file is newer than the report", async () => {
    utimesSync(join(root, "lcov.info"), 2_000, 2_000);
    utimesSync(join(root, "src/b.ts"), 3_000, 3_000);
    const read = createCoverageReader(root);
    expect(await read({ report: "lcov.info", include: ["src/{a,b}.ts"] })).toMatchObject({
      note: "1 line in 1 file of lcov.info; not in it: src/b.ts; it is older than src/b.ts",
    });
  });

  it("reads a report again when it has changed, and not before", async () => {
    const read = createCoverageReader(root);
    const coverage = { report: "lcov.info", include: ["src/a.ts"] };
    writeFileSync(join(root, "lcov.info"), "SF:src/a.ts\nDA:1,1\nend_of_record\n");
    utimesSync(join(root, "lcov.info"), 5_000, 5_000);
    expect(await read(coverage)).toMatchObject({ lines: 1 });
    writeFileSync(join(root, "lcov.info"), "SF:src/a.ts\nDA:1,1\nDA:2,1\nend_of_record\n");
    utimesSync(join(root, "lcov.info"), 5_000, 5_000);
    expect(await read(coverage)).toMatchObject({ lines: 1 });
    utimesSync(join(root, "lcov.info"), 6_000, 6_000);
    expect(await read(coverage)).toMatchObject({ lines: 2 });
  });

  it.each([
    [undefined, "it declares no coverage report"],
    [{ report: "none.info", include: ["src/**"] }, "none.info does not exist"],
    [
      { report: "bad.info", include: ["src/**"] },
      "bad.info: it is no coverage report; expected lcov.info, coverage-final.json or coverage-summary.json",
    ],
  ])("has no data for %j", async (coverage, noData) => {
    expect(await createCoverageReader(root)(coverage)).toEqual({ noData });
  });
});
