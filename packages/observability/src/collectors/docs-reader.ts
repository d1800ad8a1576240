import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { DocsReading } from "./readings.ts";

/**
 * Looks whether there is something to read about a component. Never rejects.
 *
 * In Markdown and HTML that takes a heading and text below it, in other files any text.
 *
 * @param root Folder that the path is relative to.
 */
export async function readDocs(root: string, path: string | undefined): Promise<DocsReading> {
  if (path === undefined) return { headings: 0, note: "it declares no document" };
  let text: string;
  try {
    text = await readFile(resolve(root, path), "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { headings: 0, note: code === "ENOENT" ? `${path} does not exist` : message };
  }
  if (text.trim() === "") return { headings: 0, note: `${path} is empty` };
  if (!/\.(?:md|markdown|mdx|html?)$/i.test(path)) return { headings: 1, note: path };
  const { headings, hasText } = outlineOf(text);
  if (headings === 0) return { headings, note: `${path} has no heading` };
  return hasText ? { headings, note: path } : { headings: 0, note: `${path} has only headings` };
}

function outlineOf(text: string): { readonly headings: number; readonly hasText: boolean } {
  const prose = text
    .replaceAll(/^---\n.*?^---$/gms, (block, at: number) => (at === 0 ? "" : block))
    .replaceAll(/<!--.*?-->/gs, "")
    .replaceAll(/^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1`*~*\s*$|$(?![^]))/gms, "code");
  const heading =
    /^ {0,3}#{1,6}[ \t]+\S.*$|^ {0,3}\S.*\n {0,3}(?:=+|-+)[ \t]*$|<h([1-6])\b[^>]*>[^]*?<\/h\1>/gim;
  const headings = [...prose.matchAll(heading)].length;
  const rest = prose.replaceAll(heading, "").replaceAll(/<[^>]*>/g, "");
  return { headings, hasText: /[\p{L}\p{N}]/u.test(rest) };
}
