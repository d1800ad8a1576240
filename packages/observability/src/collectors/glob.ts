/** Tells whether a path is one of the files that are meant. Paths have forward slashes. */
export type PathMatcher = (path: string) => boolean;

/**
 * Makes a matcher of globs: `*` and `?` within a name, `**` across folders, `{a,b}` one of them. A glob that names a
 * folder means everything in it; one that begins with `!` takes files away.
 */
export function globMatcher(globs: readonly string[]): PathMatcher {
  const patterns = globs.map(patternOf);
  const included = patterns.filter((_, index) => !globs[index]!.startsWith("!"));
  const excluded = patterns.filter((_, index) => globs[index]!.startsWith("!"));
  return (path) =>
    included.some((pattern) => pattern.test(path)) &&
    !excluded.some((pattern) => pattern.test(path));
}

/** The folder that a glob stays in: all before its first wildcard. */
export function folderOf(glob: string): string {
  const [fixed = ""] = plainGlob(glob).split(/[*?{]/, 1);
  return fixed === plainGlob(glob) ? fixed : fixed.slice(0, fixed.lastIndexOf("/") + 1);
}

function patternOf(glob: string): RegExp {
  let source = "";
  let depth = 0;
  for (const [token] of plainGlob(glob).matchAll(/\*\*\/|\*\*|[^]/gu)) {
    if (token === "**/") source += "(?:.*/)?";
    else if (token === "**") source += ".*";
    else if (token === "*") source += "[^/]*";
    else if (token === "?") source += "[^/]";
    else if (token === "{") {
      depth++;
      source += "(?:";
    } else if (token === "}" && depth > 0) {
      depth--;
      source += ")";
    } else source += token === "," && depth > 0 ? "|" : escape(token);
  }
  // Not closed: an opening brace is nothing but a character then.
  if (depth > 0) return new RegExp(`^${escape(plainGlob(glob))}$`, "u");
  return new RegExp(`^${source}(?:/.*)?$`, "u");
}

function plainGlob(glob: string): string {
  return glob
    .replaceAll("\\", "/")
    .replace(/^!/, "")
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/$/, "");
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
