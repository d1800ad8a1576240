import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { markdownFiles } from "./markdown-files.ts";

/**
 * Finds the links of a folder's Markdown files that lead nowhere: to a file that does not exist, to a heading that the
 * file does not have, or out of the folder. Links to other sites are not followed.
 *
 * @returns Each as `document:line: target: what is wrong`.
 */
export function deadLinks(root: string): readonly string[] {
  return markdownFiles(root).flatMap((document) => {
    const text = readFileSync(join(root, document), "utf8");
    return linksOf(text).flatMap(({ target, line }) => {
      const problem = whatIsWrong(root, document, target);
      return problem === undefined ? [] : [`${document}:${line}: ${target}: ${problem}`];
    });
  });
}

function whatIsWrong(root: string, document: string, target: string): string | undefined {
  const [path = "", anchor] = decodeURI(target).split("#", 2);
  const file = path === "" ? document : join(path.startsWith("/") ? "." : dirname(document), path);
  if (relative(root, join(root, file)).startsWith("..")) return "leads out of the project";
  if (!existsSync(join(root, file))) return "no such file";
  if (anchor === undefined || anchor === "" || !file.endsWith(".md")) return undefined;
  return anchorsOf(readFileSync(join(root, file), "utf8")).has(anchor)
    ? undefined
    : "no such heading";
}

/** Lists the targets of a text's links that stay inside the project. */
function linksOf(text: string): readonly { readonly target: string; readonly line: number }[] {
  return withoutCode(text)
    .split("\n")
    .flatMap((content, index) => {
      const inline = content.matchAll(/\]\(\s*<?(?<target>[^\s<>)]+)>?(?:\s+["'(][^)]*)?\)/g);
      const reference = content.matchAll(/^\s*\[[^\]]+\]:\s*<?(?<target>[^\s<>]+)/g);
      const html = content.matchAll(/<(?:a|img)\s[^>]*?(?:href|src)="(?<target>[^"]+)"/g);
      return [...inline, ...reference, ...html].map((match) => ({
        target: match.groups?.["target"] ?? "",
        line: index + 1,
      }));
    })
    .filter(({ target }) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(target));
}

/** Lists the names that a link may give after "#": the headings as GitHub spells them, and named HTML elements. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const seen = new Map<string, number>();
  for (const [, heading = ""] of withoutFences(text).matchAll(
    /^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$/gm,
  )) {
    const slug = slugOf(heading);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  for (const [, name = ""] of text.matchAll(/<[a-z]+\s[^>]*?(?:id|name)="([^"]+)"/g))
    anchors.add(name);
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-");
}

/** Blanks code out, keeping the lines. */
function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/(`+)(?!`).*?[^`]\1(?!`)/g, "");
}

function withoutFences(text: string): string {
  let fence: string | undefined;
  return text
    .split("\n")
    .map((line) => {
      const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
      if (fence === undefined && mark === undefined) return line;
      if (fence === undefined) fence = mark;
      else if (mark?.startsWith(fence) === true) fence = undefined;
      return "";
    })
    .join("\n");
}
