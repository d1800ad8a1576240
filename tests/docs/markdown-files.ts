import { globSync } from "node:fs";

/** Lists the project's own Markdown files. */
export function markdownFiles(root = "."): readonly string[] {
  const exclude = ["**/node_modules", "**/dist", "**/coverage"];
  return globSync("**/*.md", { cwd: root, exclude }).toSorted();
}
