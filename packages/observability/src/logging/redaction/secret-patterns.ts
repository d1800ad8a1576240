import { isCardNumber } from "./card-number.ts";

/** One sort of secret that is recognised in text. */
export interface SecretPattern {
  /** For people: what is recognised. */
  readonly what: string;
  /**
   * Source of the expression, without flags; what its groups `keep_*` match stays in front of the mark.
   *
   * It takes linear time on any text: whatever is unbounded either ends the expression, or begins where its run of
   * characters begins, so that a run is not scanned again from each of its characters.
   */
  readonly source: string;
  readonly ignoreCase?: true;
  /** A last look at what the expression found; false leaves it. */
  readonly accept?: (found: string) => boolean;
}

/** What a key is made of, and where one may begin: "risk-…" is not "sk-…". */
const KEY = "[A-Za-z0-9_-]";
const START = "(?<![A-Za-z0-9])";
/** What the two sides of an e-mail address are made of. */
const MAIL = String.raw`[^\s@"'<>(),:;\\[\]{}/=&?|*!]`;

/** Words whose value, behind `=` or `:`, is a secret. */
const NAMES = [
  "pass(?:word|wd|phrase|code)",
  "(?<![a-z])pwd",
  "secret(?:[_-]?(?:access[_-]?)?key)?",
  "token",
  "(?:api|access|account|private|auth|encryption|signing)[_-]?key",
  "credentials?",
  "(?<![a-z])(?:sig|signature)",
  "[?&](?:key|code|auth)",
  "connection[_-]?string",
].join("|");
/** As in `a=b`, `a: b`, `"a": "b"`, `a => b`, and in JSON that was put into a string. */
const BETWEEN = String.raw`\\{0,8}["']?\s{0,8}(?:=>|[:=])\s{0,8}`;
/** In quotes up to the quote, else up to white space or punctuation. Never fails once it has begun. */
const VALUE = `(?:${[
  String.raw`(?<keep_escaped>\\+["'])(?:[^"'\\]|\\+[^"'\\])*`,
  String.raw`(?<keep_double>")(?:[^"\\]|\\[^])*`,
  String.raw`(?<keep_single>')(?:[^'\\]|\\[^])*`,
  String.raw`[^\s"'\\&,;(){}[\]<>]+`,
].join("|")})`;
/** What is marked already stays as it is, also behind the word for a scheme. */
const UNMARKED = String.raw`(?!\s{0,8}\\{0,8}["']?(?:\w{1,12}\s{1,8})?\[redacted)`;

/** Every pattern that is built in. They are applied in this order, neighbours of like case in one go. */
export const secretPatterns = {
  privateKey: {
    what: "a private key in PEM",
    source:
      "-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)",
  },
  authorization: {
    what: "the credentials in an `Authorization` header",
    source: String.raw`(?<keep_auth>authorization${BETWEEN}\\{0,8}["']?(?:(?:basic|bearer|digest|negotiate|token|apikey|key)\s{1,8})?)${UNMARKED}[^\s"'\\,;(){}[\]<>]+`,
    ignoreCase: true,
  },
  cookie: {
    what: "what is in a `Cookie` or `Set-Cookie` header",
    source: String.raw`(?<keep_cookie>(?<![a-z])cookie${BETWEEN}\\{0,8}["']?)${UNMARKED}[^\r\n"'\\{}[\]]+`,
    ignoreCase: true,
  },
  bearerToken: {
    what: "a bearer token",
    source: String.raw`(?<keep_bearer>(?<![a-z])bearer\s{1,8})[\w.~+/=-]{6,}`,
    ignoreCase: true,
    accept: (found) => found.length >= 24 || /\d/.test(found),
  },
  basicAuth: {
    what: "the name and password of basic authentication",
    source: String.raw`(?<keep_basic>(?<![a-z])basic\s{1,8})[A-Za-z0-9+/_-]{6,}={0,2}`,
    ignoreCase: true,
    accept: isNameAndPassword,
  },
  urlCredentials: {
    what: "the user and password in a URL",
    source: String.raw`(?<keep_scheme>:\/\/)${UNMARKED}[^\s/?#"'<>\\]+(?=@)`,
    ignoreCase: true,
  },
  keyValue: {
    what: "the value behind `password=`, `token:`, `api_key`, `secret` and the like",
    source: `(?<keep_name>(?:${NAMES})${BETWEEN})${UNMARKED}${VALUE}`,
    ignoreCase: true,
    accept: isNoCount,
  },
  commandLine: {
    what: "the value behind `--password`, `--api-key` and the like on a command line",
    source: String.raw`(?<keep_option>(?<![\w-])--?(?:[\w-]{0,40}[_-])?(?:${NAMES})\s{1,8})${UNMARKED}(?:(?<keep_twice>")[^"]*|(?<keep_once>')[^']*|[^\s"'-][^\s"']*)`,
    ignoreCase: true,
  },
  email: {
    what: "an e-mail address",
    source: String.raw`(?<!${MAIL})${MAIL}+@${MAIL}+`,
    ignoreCase: true,
    // "package@1.2.3" is none: the last part of a host is a word.
    accept: (found) => /\.(?:\p{L}{2,}|xn--[a-z0-9-]+)\.?$/iu.test(found),
  },
  jsonWebToken: {
    what: "a JSON Web Token",
    source: `(?<!${KEY})eyJ${KEY}{5,}\\.${KEY}{5,}(?:\\.${KEY}*)?`,
  },
  apiKey: {
    what: "a key of OpenAI, Anthropic, Google, GitHub, GitLab, Slack, AWS, Stripe, Hugging Face, Groq, xAI, Perplexity, npm, SendGrid",
    source: `${START}(?:${[
      `sk-${KEY}{16,}`,
      "(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}",
      "whsec_[A-Za-z0-9+/=]{16,}",
      `AIza${KEY}{20,}`,
      `ya29\\.${KEY}{16,}`,
      "gh[a-z]_[A-Za-z0-9]{16,}",
      "github_pat_[A-Za-z0-9_]{16,}",
      `gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|imt)-${KEY}{16,}`,
      "xox[a-z]-[A-Za-z0-9-]{8,}",
      "xapp-[A-Za-z0-9-]{16,}",
      "A(?:KIA|SIA|ROA|IDA)[A-Z0-9]{16}(?![A-Za-z0-9])",
      "(?:hf|gsk|r8|npm)_[A-Za-z0-9]{20,}",
      `(?:xai|pplx|tvly|lsv2)[-_]${KEY}{20,}`,
      `SG\\.${KEY}{16,}\\.${KEY}{16,}`,
    ].join("|")})`,
    // A dashed word may begin like a key ("sk-learn-compatible-thing"); a key has digits.
    accept: (found) => /\d/.test(found),
  },
  cardNumber: {
    what: "the number of a payment card (with a valid check digit)",
    source: String.raw`(?<![\w.])\d(?:[ -]?\d){12,18}(?!\w)`,
    accept: isCardNumber,
  },
} as const satisfies Readonly<Record<string, SecretPattern>>;

/** A built-in pattern; also the word in its mark. */
export type SecretPatternName = keyof typeof secretPatterns;

/** RFC 7617: base64 of `name:password`. */
function isNameAndPassword(found: string): boolean {
  const [, encoded = ""] = /\s(\S{1,400})/.exec(found) ?? [];
  return Buffer.from(encoded, "base64").toString("latin1").includes(":");
}

/** `token: 17`: a short number behind a token's name is a count. */
function isNoCount(found: string): boolean {
  return !/token\W{1,8}\d{1,9}$/i.test(found);
}
