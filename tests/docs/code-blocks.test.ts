import { existsSync, globSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { CodeBlock } from "./code-blocks.ts";
import { blocksOfMarkdown, blocksOfSource, checkBlocks } from "./code-blocks.ts";
import { markdownFiles } from "./markdown-files.ts";

const FOLDER = "tests/docs/.tmp";

const sources = globSync("packages/*/src/**/*.ts").filter((path) => !/\.test(-d)?\.ts$/.test(path));
const blocks = [
  ...markdownFiles().flatMap((path) => blocksOfMarkdown(path, readFileSync(path, "utf8"))),
  ...sources.toSorted().flatMap((path) => blocksOfSource(path, readFileSync(path, "utf8"))),
];
const checked = blocks.filter(({ unchecked }) => unchecked === undefined);

describe("the project's code blocks", () => {
  let errors: readonly string[] = [];

  beforeAll(async () => {
    if (checked.length > 0) errors = await checkBlocks(checked, `${FOLDER}/all`);
  }, 60_000);

  it("are found", ({ skip }) => {
    skip(!existsSync("README.md"), "there is no README.md yet");
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.map(({ document }) => document)).toContain("README.md");
  });

  it("say why when they are not checked", () => {
    expect(blocks.filter(({ unchecked }) => unchecked === "").map(place)).toEqual([]);
  });

  it.each([...new Set(checked.map(({ document }) => document))])("compile in %s", (document) => {
    expect(errors.filter((error) => error.startsWith(`${document}:`))).toEqual([]);
  });

  it("cause no error outside themselves", () => {
    const documents = new Set(checked.map(({ document }) => document));
    expect(errors.filter((error) => !documents.has(error.slice(0, error.indexOf(":"))))).toEqual(
      [],
    );
  });
});

describe("finding and checking blocks", () => {
  it("takes the TypeScript fences of a Markdown text", () => {
    const text =
      "# A\n\n```ts\nlet a;\n```\n\n```js\nno\n```\n\n- x\n\n  ```typescript\n  let b;\n  ```\n";
    expect(blocksOfMarkdown("a.md", text)).toEqual([
      { document: "a.md", line: 4, code: "let a;", unchecked: undefined },
      { document: "a.md", line: 14, code: "let b;", unchecked: undefined },
    ]);
  });

  it("leaves a fence in a longer fence alone", () => {
    expect(blocksOfMarkdown("a.md", "````md\n```ts\nlet a;\n```\n````\n")).toEqual([]);
  });

  it("takes a mark not to check, with its reason or an empty one", () => {
    const text = "```ts no-check needs a key\na\n```\n```ts no-check\nb\n```\n";
    expect(blocksOfMarkdown("a.md", text).map(({ unchecked }) => unchecked)).toEqual([
      "needs a key",
      "",
    ]);
  });

  it("takes fenced and plain examples of doc comments", () => {
    const text = [
      "const x = 1;",
      "/**",
      " * Does it.",
      " *",
      " * @example",
      " * ```ts",
      " * @decorated",
      " * class A {}",
      " * ```",
      " * @param a No code.",
      " */",
      "  /**",
      "   * @example Title",
      "   * f();",
      "   */",
    ].join("\n");
    expect(
      blocksOfSource("a.ts", text).map(({ line, code }) => ({ line, code: code.trim() })),
    ).toEqual([
      { line: 7, code: "@decorated\nclass A {}" },
      { line: 13, code: "f();" },
    ]);
  });

  it("reports an error at its line in its document, and none for good code", async () => {
    const good: CodeBlock = {
      document: "good.md",
      line: 5,
      code: "const a = 1;\nexport { a };",
      unchecked: undefined,
    };
    const bad: CodeBlock = {
      document: "bad.md",
      line: 9,
      code: "const a = 1;\nconst b: string = a;",
      unchecked: undefined,
    };
    expect(await checkBlocks([good, bad], `${FOLDER}/sample`)).toEqual([
      "bad.md:10: TS2322: Type 'number' is not assignable to type 'string'.",
    ]);
  }, 60_000);
});

function place({ document, line }: CodeBlock): string {
  return `${document}:${line}`;
}
