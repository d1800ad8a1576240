import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDocs } from "./docs-reader.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tta-docs-"));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

describe("readDocs", () => {
  it.each([
    ["a.md", "# Desk\n\nHow it works.\n\n## More\n\nMuch.\n", 2, "a.md"],
    ["b.md", "Desk\n====\n\nHow it works.\n", 1, "b.md"],
    ["c.html", "<h1>Desk</h1><p>How it works.</p>", 1, "c.html"],
    ["d.txt", "How it works.", 1, "d.txt"],
    ["e.md", "# Desk\n\n```sh\nnpm start\n```\n", 1, "e.md"],
    ["f.md", "   \n", 0, "f.md is empty"],
    ["g.md", "How it works.\n", 0, "g.md has no heading"],
    ["h.md", "```sh\n# a comment\n```\n", 0, "h.md has no heading"],
    ["i.md", "# Desk\n## More\n", 0, "i.md has only headings"],
    ["j.md", "# Desk\n\n<!-- to be written -->\n", 0, "j.md has only headings"],
    ["k.md", "---\ntitle: desk\n---\n\nHow it works.\n", 0, "k.md has no heading"],
    ["l.md", "Text.\n\n~~~\n# never closed\n", 0, "l.md has no heading"],
  ])("of %s with %j finds %i headings", async (name, text, headings, note) => {
    writeFileSync(join(root, name), text);
    expect(await readDocs(root, name)).toEqual({ headings, note });
  });

  it("says what is not there", async () => {
    expect(await readDocs(root, undefined)).toEqual({
      headings: 0,
      note: "it declares no document",
    });
    expect(await readDocs(root, "none.md")).toEqual({
      headings: 0,
      note: "none.md does not exist",
    });
    expect((await readDocs(root, ".")).note).toMatch(/EISDIR/);
  });
});
