import { describe, expect, it } from "vitest";
import { parallel, retry, sequential, step, workflow } from "@tta-dev/primitives";
import { toMermaid } from "./mermaid.ts";

const fetchPage = async (url: string): Promise<string> => url;

describe("toMermaid", () => {
  it("draws primitives as boxes, steps rounded, and the key of each child on its arrow", () => {
    const answer = workflow(
      "answer",
      sequential(
        fetchPage,
        parallel({
          docs: retry(fetchPage, { attempts: 2 }),
          size: step("size", (text: string) => text.length),
        }),
      ),
    );
    expect(toMermaid(answer.describe())).toBe(
      `flowchart TD
  n0["workflow<br/>answer"]
  n1["sequential<br/>answer"]
  n2("fetchPage")
  n1 -->|"0"| n2
  n3["parallel<br/>answer/1"]
  n4["retry<br/>fetchPage"]
  n5("fetchPage")
  n4 -->|"attempt"| n5
  n3 -->|"docs"| n4
  n6("size")
  n3 -->|"size"| n6
  n1 -->|"1"| n3
  n0 --> n1
`,
    );
  });

  it.each(['say "hi"', "a[0](b){c}", "two\nlines", "end", "<b>bold</b>", "a|b", "#1; --> n0"])(
    "keeps the name %j inside its label",
    (name) => {
      const lines = toMermaid(step(name, () => 1).describe())
        .trimEnd()
        .split("\n");
      expect(lines).toHaveLength(2);
      expect(lines[1]).toMatch(/^ {2}n0\("(?:[^#"<>`\\|[\](){}&]|#\d+;|<br\/>)*"\)$/);
    },
  );

  it("gives the same text for the same tree", () => {
    const draw = (): string =>
      toMermaid(workflow("w", sequential(fetchPage, fetchPage)).describe());
    expect(draw()).toBe(draw());
  });
});
