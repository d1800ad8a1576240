/** What a field's name alone says about its value. */
export type KeyRule = "content" | "secret";

/**
 * Names of fields whose value is a secret, also as the end of a longer name (`dbPassword`, `x-api-key`).
 * Written without separators and in lower case: `api_key`, `apiKey` and `API-KEY` are one name.
 */
export const secretKeys = [
  "password",
  "passwd",
  "pwd",
  "passphrase",
  "passcode",
  "secret",
  "secretkey",
  "secretaccesskey",
  "token",
  "apikey",
  "accesskey",
  "accountkey",
  "authkey",
  "privatekey",
  "encryptionkey",
  "signingkey",
  "credential",
  "credentials",
  "authorization",
  "cookie",
  "cookies",
  "connectionstring",
] as const;

/**
 * Names of fields that hold what people and models say; a whole name or its last part behind a dot.
 * The first six are the fields of the toolkit; the others are what instrumentations call theirs.
 */
export const contentKeys = [
  "prompt",
  "completion",
  "input",
  "output",
  "messages",
  "content",
  "prompts",
  "completions",
  "inputs",
  "outputs",
  "contents",
  "inputdata",
  "outputdata",
  "inputmessages",
  "outputmessages",
  "systemprompt",
  "userprompt",
  "systeminstructions",
] as const;

/** Attributes that hold content under a last part that says nothing: OpenInference, and tool calls of the GenAI conventions. */
export const contentAttributes = [
  "input.value",
  "output.value",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
] as const;

/** Names that are remembered; they come from code, so there are few. */
const MOST_NAMES = 2000;
const LONGEST_NAME = 100;

/**
 * Makes the function that judges names of fields and attributes.
 *
 * @param shown Content fields that may be seen; true for all.
 */
export function createKeyRules(
  shown: readonly string[] | true,
): (key: string) => KeyRule | undefined {
  const secret = new RegExp(`(?:${secretKeys.join("|")})$`);
  const opened = new Set(shown === true ? [] : shown.map(normalized));
  const hidden = new Set<string>(
    shown === true ? [] : contentKeys.filter((name) => !opened.has(name)),
  );
  const hiddenAttributes = new Set<string>(
    shown === true ? [] : contentAttributes.filter((name) => !opened.has(normalized(name))),
  );
  const known = new Map<string, KeyRule | undefined>();

  const judge = (key: string): KeyRule | undefined => {
    const last = normalized(key.slice(key.lastIndexOf(".") + 1));
    if (secret.test(last)) return "secret";
    return hidden.has(last) || hidden.has(normalized(key)) || hiddenAttributes.has(key)
      ? "content"
      : undefined;
  };
  return (key) => {
    if (known.has(key)) return known.get(key);
    if (key.length > LONGEST_NAME) return judge(key.slice(-LONGEST_NAME));
    const rule = judge(key);
    if (known.size >= MOST_NAMES) known.clear();
    known.set(key, rule);
    return rule;
  };
}

function normalized(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, "").toLowerCase();
}
