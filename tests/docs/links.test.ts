import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deadLinks } from "./links.ts";

describe("the project's Markdown", () => {
  it("has no dead link", () => {
    expect(deadLinks(".")).toEqual([]);
  });
});

describe("deadLinks", () => {
  let root = "";

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "links-"));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  it("accepts files, folders, headings and other sites", () => {
    write(
      "docs/a.md",
      "# One `two`, three!\n\n## Again\n\n## Again\n\n<a id='x'></a><a id=\"here\"></a>\n",
    );
    write(
      "README.md",
      [
        "[a](docs/a.md) [b](./docs) [c](docs/a.md#one-two-three) [d](docs/a.md#again-1) [e](/docs/a.md#here)",
        "[f](https://example.com/nothing) [g](mailto:x@example.com) [h](#title) [i][r]",
        "",
        "# Title",
        "",
        "[r]: docs/a.md 'a page'",
      ].join("\n"),
    );
    expect(deadLinks(root)).toEqual([]);
  });

  it("reports a missing file, a missing heading and a way out", () => {
    write("docs/a.md", "# One\n\n[up](../../x.md)\n\n![picture](no.png)\n");
    write(
      "README.md",
      '# Title\n[a](docs/b.md)\n[b](docs/a.md#two)\n[c](#titel)\n<a href="no.md">x</a>\n\n[r]: no.md\n',
    );
    expect(deadLinks(root)).toEqual([
      "README.md:2: docs/b.md: no such file",
      "README.md:3: docs/a.md#two: no such heading",
      "README.md:4: #titel: no such heading",
      "README.md:5: no.md: no such file",
      "README.md:7: no.md: no such file",
      "docs/a.md:3: ../../x.md: leads out of the project",
      "docs/a.md:5: no.png: no such file",
    ]);
  });

  it("reads no link and no heading in code", () => {
    write("README.md", "```md\n[a](no.md)\n# Heading\n```\n\n`[b](no.md)` and [c](#heading)\n");
    expect(deadLinks(root)).toEqual(["README.md:6: #heading: no such heading"]);
  });
});
