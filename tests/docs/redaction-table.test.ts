import { createRedactor } from "../../packages/observability/src/logging/redaction/redactor.ts";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  contentAttributes,
  contentKeys,
  secretKeys,
} from "../../packages/observability/src/logging/redaction/key-names.ts";
import { secretPatterns } from "../../packages/observability/src/logging/redaction/secret-patterns.ts";
import { codeIn, tablesUnder } from "./tables.ts";

const DOCUMENT = "docs/logging.md";
const text = readFileSync(DOCUMENT, "utf8");
const [patterns = [], options = []] = tablesUnder(DOCUMENT, "What is hidden");
const redactor = createRedactor();

describe("what docs/logging.md calls hidden", () => {
  it("has every pattern, in order, with what it recognises", () => {
    const rows = patterns.map((row) => [codeIn(row["word"] ?? "")[0], row["recognises"]]);
    expect(rows).toEqual(Object.entries(secretPatterns).map(([name, { what }]) => [name, what]));
  });

  it.each(patterns)("turns its example into what it says: $word", (row) => {
    const [example = ""] = codeIn(row["for example"] ?? "");
    expect(redactor.text(example)).toBe(codeIn(row["becomes"] ?? "")[0]);
    expect(row["becomes"]).toContain(`[redacted:${codeIn(row["word"] ?? "")[0]}]`);
  });

  it("has every name of a secret", () => {
    expect(namesBehind("**By the name of its field**")).toEqual(secretKeys);
  });

  it("has every name of content", () => {
    expect(namesBehind("**Content**")).toEqual([...contentKeys, ...contentAttributes]);
  });

  it("has every option", () => {
    expect(options.map((row) => codeIn(row["option"] ?? "")[0])).toEqual([
      "paths",
      "patterns",
      "allow",
      "content",
    ]);
  });
});

/** The names in a paragraph, up to the end of their sentence; behind its first colon, which ends the examples. */
function namesBehind(beginning: string): readonly string[] {
  const paragraph = text.slice(text.indexOf(beginning)).split("\n\n")[0] ?? "";
  return codeIn(/: (.*?)\.\s/s.exec(paragraph)?.[1] ?? "");
}
