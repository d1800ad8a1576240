import { mark } from "./mark.ts";
import type { SecretPattern, SecretPatternName } from "./secret-patterns.ts";
import { secretPatterns } from "./secret-patterns.ts";

/** What is looked for in text. */
export interface TextRules {
  /** Built-in patterns that are left out. */
  readonly allow: ReadonlySet<string>;
  /** Further expressions; what they match is replaced as a whole. */
  readonly patterns: readonly RegExp[];
}

/** Nothing shorter is a secret that a pattern knows: "a@b.io" is the shortest. */
const SHORTEST_SECRET = 6;

/**
 * Makes the function that takes secrets out of text. The work is linear in the length of the text; giving it text of
 * bounded length is the caller's business.
 */
export function createTextRedactor({ allow, patterns }: TextRules): (text: string) => string {
  const passes = joined(Object.entries(secretPatterns).filter(([name]) => !allow.has(name)));
  const own = patterns.map((pattern) => new RegExp(pattern, withGlobal(pattern.flags)));

  return (text) => {
    let result = text;
    if (text.length >= SHORTEST_SECRET) for (const pass of passes) result = pass(result);
    for (const pattern of own) result = result.replace(pattern, OWN_MARK);
    return result;
  };
}

/** As a function, because a string would be read for `$`. */
const OWN_MARK = (found: string): string => (found === "" ? "" : mark());

type Named = readonly [name: string, pattern: SecretPattern];

/** One expression for neighbours of like case: text is scanned three times, not eleven. */
function joined(named: readonly Named[]): ((text: string) => string)[] {
  const groups: Named[][] = [];
  for (const one of named) {
    const last = groups.at(-1);
    if (last?.[0]?.[1].ignoreCase === one[1].ignoreCase && last !== undefined) last.push(one);
    else groups.push([one]);
  }
  return groups.map((group) => {
    const source = group.map(([name, pattern]) => `(?<${name}>${pattern.source})`).join("|");
    const expression = new RegExp(source, group[0]?.[1].ignoreCase === true ? "gi" : "g");
    return (text) => text.replace(expression, replace);
  });
}

/** Called with the match, its groups in order, the offset, the text and the groups by name. */
function replace(...found: readonly unknown[]): string {
  const match = found[0] as string;
  const groups = found.at(-1) as Readonly<Record<string, string | undefined>>;
  let kept = "";
  let name: SecretPatternName | undefined;
  for (const [group, text] of Object.entries(groups)) {
    if (text === undefined) continue;
    if (group.startsWith("keep_")) kept += text;
    else name = group as SecretPatternName;
  }
  const { accept }: SecretPattern = secretPatterns[name!];
  return accept === undefined || accept(match) ? kept + mark(name) : match;
}

function withGlobal(flags: string): string {
  return flags.includes("g") ? flags : `${flags}g`;
}
