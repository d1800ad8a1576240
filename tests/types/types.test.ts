import { globSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Diagnostic } from "./compile.ts";
import { compile, parseDiagnostics } from "./compile.ts";

const wrongPrograms = globSync("tests/types/wrong/*.ts").toSorted();

describe.each([
  { compiler: "typescript", version: "7.0" },
  { compiler: "typescript-5", version: "5.9" },
])("under TypeScript $version", ({ compiler, version }) => {
  let diagnostics: readonly Diagnostic[] = [];

  beforeAll(async () => {
    diagnostics = await compile(compiler, "tests/types/tsconfig.json");
  }, 120_000);

  it("is the compiler that runs", () => {
    const manifest = readFileSync(`node_modules/${compiler}/package.json`, "utf8");
    expect(JSON.parse(manifest)).toMatchObject({
      version: expect.stringMatching(`^${version}\\.`),
    });
  });

  it("right programs compile", () => {
    const wrong = new Set(wrongPrograms);
    expect(
      diagnostics.filter(({ file }) => !wrong.has(file)).flatMap(({ lines }) => lines),
    ).toEqual([]);
  });

  it.each(wrongPrograms)("%s fails at its marks, in at most four lines each", (file) => {
    const marks = markedLines(readFileSync(file, "utf8"));
    const found = diagnostics.filter((diagnostic) => diagnostic.file === file);
    expect(marks, "a wrong program needs a line marked // @error").not.toEqual([]);
    expect(
      found.map(({ line }) => line),
      found.flatMap(({ lines }) => lines).join("\n"),
    ).toEqual(marks);
    expect(found.map(({ lines }) => lines).filter((lines) => lines.length > 4)).toEqual([]);
  });
});

describe("parseDiagnostics", () => {
  it("gives an error its explaining lines", () => {
    const output = "a.ts(3,5): error TS1: one\n  two\n    three\nb.ts(7,1): error TS2: four\n";
    expect(parseDiagnostics(output)).toEqual([
      { file: "a.ts", line: 3, lines: ["a.ts(3,5): error TS1: one", "  two", "    three"] },
      { file: "b.ts", line: 7, lines: ["b.ts(7,1): error TS2: four"] },
    ]);
  });

  it("keeps an error that is in no file", () => {
    expect(parseDiagnostics("error TS18003: No inputs\n")).toEqual([
      { file: "", line: 0, lines: ["error TS18003: No inputs"] },
    ]);
  });
});

/** A mark behind code is for its own line, a mark alone on a line for the next one. */
function markedLines(source: string): readonly number[] {
  return source.split("\n").flatMap((text, index) => {
    if (!text.includes("// @error")) return [];
    return text.trimStart().startsWith("//") ? [index + 2] : [index + 1];
  });
}
