import type { Attributes } from "@opentelemetry/api";
import { mark } from "./mark.ts";
import type { PathPlace } from "./path-tree.ts";
import { below, isNamed } from "./path-tree.ts";
import { PlainCopier } from "./plain-value.ts";
import type { RedactionRules } from "./rules.ts";
import { isNamedBefore, markFor } from "./rules.ts";

/** Makes the function that takes secrets and content out of attributes. It returns the same object where there is nothing to take. */
export function attributeRedactor(rules: RedactionRules): (attributes: Attributes) => Attributes {
  const one = (key: string, value: unknown): unknown => {
    const place = placeOf(rules.paths, key);
    const hidden = markFor(rules, { key, value, place });
    if (hidden !== undefined) return hidden;
    if (typeof value === "string") return rules.text(value);
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
    if (Array.isArray(value) && value.every((each) => typeof each === "string"))
      return sameOr(
        value,
        value.map((each, index) =>
          isNamedBefore(rules, value[index - 1], each) ? mark() : rules.text(each),
        ),
      );
    return new PlainCopier(rules).copy(value, place);
  };
  return (attributes) => {
    let changed: Attributes | undefined;
    for (const key of Object.keys(attributes)) {
      const value = attributes[key];
      const result = one(key, value);
      if (result !== value) (changed ??= { ...attributes })[key] = result;
    }
    return changed ?? attributes;
  };
}

/** Names of attributes are flat; a path means the whole name, or goes down at its dots. */
function placeOf(paths: PathPlace, key: string): PathPlace {
  if (paths.length === 0) return paths;
  const whole = below(paths, key);
  return isNamed(whole) ? whole : key.split(".").reduce(below, paths);
}

function sameOr(before: readonly string[], after: readonly string[]): readonly string[] {
  return after.every((each, index) => each === before[index]) ? before : after;
}
