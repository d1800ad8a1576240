import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../types/compile.ts";

/** TypeScript code in a document, or in the doc comment of a source. */
export interface CodeBlock {
  readonly document: string;
  /** Line of the document on which the first line of the code stands. */
  readonly line: number;
  readonly code: string;
  /** Why it is not compiled, when it is marked `no-check`; empty when it does not say. */
  readonly unchecked: string | undefined;
}

const OPENING = /^(?<indent>\s*)(?<fence>`{3,}|~{3,})\s*(?<language>[^\s`]*)[ \t]*(?<info>[^`]*)$/;

/** Finds the TypeScript blocks of a Markdown text: fences whose language is `ts`. */
export function blocksOfMarkdown(document: string, text: string): readonly CodeBlock[] {
  const lines = text.split("\n");
  const blocks: CodeBlock[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const {
      indent = "",
      fence,
      language,
      info = "",
    } = OPENING.exec(lines[index] ?? "")?.groups ?? {};
    if (fence === undefined) continue;
    const first = index + 1;
    while (index + 1 < lines.length && !(lines[index + 1] ?? "").trim().startsWith(fence))
      index += 1;
    const body = lines
      .slice(first, index + 1)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    index += 1;
    if (!/^(ts|mts|typescript)$/.test(language ?? "")) continue;
    const unchecked = /^no-check\b\s*(?<reason>.*)$/.exec(info.trim())?.groups?.["reason"];
    blocks.push({ document, line: first + 1, code: body.join("\n"), unchecked });
  }
  return blocks;
}

/** Finds the `@example` blocks in the doc comments of a source; one without a fence is code as a whole. */
export function blocksOfSource(document: string, text: string): readonly CodeBlock[] {
  return [...text.matchAll(/\/\*\*.*?\*\//gs)].flatMap((comment) => {
    const startLine = lineAt(text, comment.index);
    const content = comment[0]
      .replace(/^\/\*\*/, "   ")
      .replace(/\*\/$/, "")
      .replaceAll(/^[ \t]*\*( |$)/gm, "");
    return examplesOf(content).flatMap(({ line, body }) => {
      const fenced = blocksOfMarkdown(document, body);
      if (fenced.length === 0 && body.trim() !== "") {
        return [{ document, line: startLine + line, code: body, unchecked: undefined }];
      }
      return fenced.map((block) => ({ ...block, line: startLine + line + block.line - 1 }));
    });
  });
}

/** Splits a doc comment's text into its examples, each with the line on which it starts. */
function examplesOf(content: string): readonly { readonly line: number; readonly body: string }[] {
  const examples: { line: number; body: string[] }[] = [];
  let current: string[] | undefined;
  let fenced = false;
  for (const [line, text] of content.split("\n").entries()) {
    // An "@" inside a fence is a decorator, outside it is the next tag.
    const tag = fenced ? undefined : /^\s*@(?<name>\w+)/.exec(text)?.groups?.["name"];
    if (tag !== undefined) {
      current = tag === "example" ? [""] : undefined;
      if (current !== undefined) examples.push({ line, body: current });
      continue;
    }
    if (current === undefined) continue;
    if (/^\s*```/.test(text)) fenced = !fenced;
    current.push(text);
  }
  return examples.map(({ line, body }) => ({ line, body: body.join("\n") }));
}

/**
 * Type-checks blocks, each as a module of its own.
 *
 * @param folder A folder for the modules inside the repository, so that they find the packages; made and removed here.
 * @returns The errors as `document:line: message`.
 */
export async function checkBlocks(
  blocks: readonly CodeBlock[],
  folder: string,
): Promise<readonly string[]> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const written = new Map<string, CodeBlock>();
    for (const [index, block] of blocks.entries()) {
      const path = join(folder, `block-${index}.ts`);
      written.set(path, block);
      writeFileSync(path, block.code);
    }
    const project = join(folder, "tsconfig.json");
    writeFileSync(
      project,
      JSON.stringify({
        extends: "../../tsconfig.json",
        files: blocks.map((_, index) => `block-${index}.ts`),
      }),
    );
    const diagnostics = await compile("typescript", project);
    return diagnostics.map(({ file, line, lines }) => {
      const block = written.get(file);
      const message = lines.join("\n").replace(/^.*?error TS/, "TS");
      return `${block === undefined ? file : `${block.document}:${block.line + line - 1}`}: ${message}`;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
