import { inspect } from "node:util";
import { isRecord } from "../../config/kind.ts";
import type { SecretPatternName } from "./secret-patterns.ts";
import { secretPatterns } from "./secret-patterns.ts";

/** What is taken out besides what is taken out anyway, and what is left in. */
export interface RedactOptions {
  /** Fields to hide, as pino writes paths: `user.name`, `headers["x-session"]`, `items[*].note`. For attributes also the whole name. */
  readonly paths?: readonly string[];
  /**
   * Expressions whose matches are hidden in every text. Each runs over up to 20,480 characters: take care that it
   * takes linear time.
   */
  readonly patterns?: readonly RegExp[];
  /** Built-in patterns not to look for, for example `"email"` where addresses are user names. */
  readonly allow?: readonly SecretPatternName[];
  /**
   * Content that may be seen, by field (`["prompt"]`); true for all of it. Secrets in it are hidden all the same.
   *
   * @default none: `prompt`, `completion`, `input`, `output`, `messages`, `content` and their like are hidden
   */
  readonly content?: readonly string[] | boolean;
}

/** The options with everything filled in. */
export interface CheckedRedactOptions {
  readonly paths: readonly string[];
  readonly patterns: readonly RegExp[];
  readonly allow: ReadonlySet<string>;
  readonly content: readonly string[] | true;
}

/**
 * Checks the options of a redactor.
 *
 * @throws TypeError that names the option, the value and what was expected
 */
export function checkRedactOptions(options: RedactOptions): CheckedRedactOptions {
  const given: unknown = options;
  // An array of paths alone would take out nothing, silently.
  if (!isRecord(given)) {
    const expected = "an object with paths, patterns, allow and content";
    throw new TypeError(`redact is ${inspect(given, { depth: 0 })}; expected ${expected}`);
  }
  const { paths = [], patterns = [], allow = [], content = [] }: RedactOptions = options;
  if (!isListOf(paths, isText)) throw wrong("paths", paths, "an array of paths such as user.email");
  if (!isListOf(patterns, (each) => each instanceof RegExp))
    throw wrong("patterns", patterns, "an array of regular expressions");
  if (!isListOf(allow, (each) => isText(each) && Object.hasOwn(secretPatterns, each)))
    throw wrong("allow", allow, `an array of ${Object.keys(secretPatterns).join(", ")}`);
  if (typeof content !== "boolean" && !isListOf(content, isText))
    throw wrong("content", content, "an array of field names, true or false");
  return {
    paths,
    patterns,
    allow: new Set(allow),
    content: content === false ? [] : content,
  };
}

function isListOf(value: unknown, isOne: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function wrong(name: string, value: unknown, expected: string): TypeError {
  const shown = inspect(value, { depth: 1, maxStringLength: 100, breakLength: Infinity });
  return new TypeError(`redact.${name} is ${shown}; expected ${expected}`);
}
