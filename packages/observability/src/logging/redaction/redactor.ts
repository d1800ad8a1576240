import type { Attributes } from "@opentelemetry/api";
import { boundedText } from "./bounded-text.ts";
import { createKeyRules } from "./key-names.ts";
import { readPaths } from "./path-tree.ts";
import { PlainCopier } from "./plain-value.ts";
import { attributeRedactor } from "./redact-attributes.ts";
import type { RedactOptions } from "./redact-options.ts";
import { checkRedactOptions } from "./redact-options.ts";
import type { RedactionRules } from "./rules.ts";
import { createTextRedactor } from "./text-redactor.ts";

/** Takes secrets, and content that was not opted in, out of what leaves the process. Its functions never throw and may be passed around. */
export interface Redactor {
  /** Takes secrets out of a text, which is cut after 16,384 characters. */
  readonly text: (text: string) => string;
  /** Copies anything into what JSON can hold, in bounded size. */
  readonly value: (value: unknown) => unknown;
  /** Redacts span attributes and the like; returns the same object where nothing has to go. */
  readonly attributes: (attributes: Attributes) => Attributes;
}

/**
 * Makes a redactor. Secrets go by the name of their field (`password`, `authorization`, …), by path, and by their looks
 * wherever they stand in a text: keys, tokens, e-mail addresses, card numbers. Content goes by the name of its field.
 *
 * @throws TypeError for a wrong option, by name
 * @example
 * ```ts
 * import { createRedactor } from "@tta-dev/observability";
 *
 * const redactor = createRedactor({ paths: ["user.name"], content: ["prompt"] });
 * redactor.text("token=abc for ada@example.com"); // "token=[redacted:keyValue] for [redacted:email]"
 * redactor.value({ user: { name: "Ada" }, prompt: "Hi", completion: "Hello" });
 * // { user: { name: "[redacted]" }, prompt: "Hi", completion: "[redacted:content]" }
 * ```
 */
export function createRedactor(options: RedactOptions = {}): Redactor {
  const checked = checkRedactOptions(options);
  const rules: RedactionRules = {
    text: boundedText(createTextRedactor(checked)),
    ruleOf: createKeyRules(checked.content),
    paths: readPaths(checked.paths),
  };
  return {
    text: (text) => rules.text(text),
    value: (value) => new PlainCopier(rules).copy(value, rules.paths),
    attributes: attributeRedactor(rules),
  };
}
