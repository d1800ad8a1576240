import type { BoundedText } from "./bounded-text.ts";
import type { KeyRule } from "./key-names.ts";
import { mark } from "./mark.ts";
import type { PathPlace } from "./path-tree.ts";
import { isNamed } from "./path-tree.ts";

/** Longer items of a list name nothing. */
const LONGEST_NAME = 60;

/** What a redactor goes by. */
export interface RedactionRules {
  readonly text: BoundedText;
  readonly ruleOf: (key: string) => KeyRule | undefined;
  readonly paths: PathPlace;
}

/** The mark that stands for a field's value, where its path or its name hides it. */
export function markFor(
  { ruleOf }: RedactionRules,
  {
    key,
    value,
    place,
  }: { readonly key: string; readonly value: unknown; readonly place: PathPlace },
): string | undefined {
  if (isNamed(place)) return mark();
  const rule = ruleOf(key);
  if (rule === undefined || isHarmless(rule, key, value)) return undefined;
  return rule === "content" ? mark("content") : mark();
}

/** Whether an item of a list is the secret that the item before it names: raw headers, arguments of a command. */
export function isNamedBefore(
  { ruleOf }: RedactionRules,
  before: unknown,
  value: unknown,
): boolean {
  return (
    typeof before === "string" &&
    before.length <= LONGEST_NAME &&
    typeof value === "string" &&
    ruleOf(before) === "secret"
  );
}

/** A flag is no secret, nor is a number content (`input: 120` counts tokens), nor is one a token. */
function isHarmless(rule: KeyRule, key: string, value: unknown): boolean {
  if (typeof value === "number") return rule === "content" || /tokens?$/i.test(key);
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    typeof value === "boolean" ||
    typeof value === "function"
  );
}
