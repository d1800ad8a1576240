import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { secretPatterns } from "./secret-patterns.ts";
import { createTextRedactor } from "./text-redactor.ts";

const redact = createTextRedactor({ allow: new Set(), patterns: [] });

/** Texts with secrets; what is to be taken out stands between « and ». */
const SECRETS: Readonly<Record<keyof typeof secretPatterns, readonly string[]>> = {
  privateKey: [
    "key: «-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----»",
    "«-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END RSA PRIVATE KEY-----» and on",
    "«-----BEGIN EC PRIVATE KEY-----\nMIIEvQIBADANBgkq that was cut off»",
  ],
  authorization: [
    "Authorization: Basic «YTpi»",
    "authorization=«s3cr3t» next",
    '{"authorization":"Bearer «abc.def-g»","host":"x"}',
    "proxy-authorization: Token «abc», host: x",
    "{ authorization: 'Digest «abc»' }",
  ],
  cookie: [
    "Cookie: «session=abc; theme=dark»\nHost: x",
    "set-cookie: «id=abc; Path=/; HttpOnly»",
    '{"cookie":"«a=b; c=d»"}',
  ],
  bearerToken: ["sent Bearer «s3cr3t»", "bearer «abcdefghijklmnopqrstuvwx»"],
  basicAuth: ["used Basic «dXNlcjpwYXNz» here", "basic «dXNlcjpwYXNzd29yZA==»"],
  urlCredentials: [
    "postgres://«user:hunter2»@db.internal:5432/x",
    "https://«ghp»@github.com/a/b",
    "redis://«:p@ss»@host:6379",
  ],
  keyValue: [
    "password=«hunter2»",
    "passwd: «hunter2», next",
    "PASSWORD = «hunter2»;",
    '"password":"«correct horse \\" battery»","next":1',
    "'apiKey': '«abc»'",
    '{\\"password\\":\\"«hunter2»\\",\\"next\\":1}',
    "https://x.example/?q=1&api_key=«abc»&page=2",
    "https://x.example/?key=«abc»",
    "secret => «abc»",
    "aws_secret_access_key=«wJalrXUtnFEMI/K7MDENG»",
    "client_secret: «abc»",
    "refresh_token=«abc»",
    "AccountKey=«abc==»;EndpointSuffix=core",
    "X-Amz-Signature=«abc»&x=1",
    "pwd=«abc»",
    "DB_PASSPHRASE=«abc»",
    'token="«abc»',
  ],
  commandLine: [
    "node app.js --password «hunter2» --port 80",
    "psql --db-password '«two words»'",
    "cli --api-key «abc»",
    "cli -token «abc»",
  ],
  email: [
    "mail to «ada.lovelace+x@mail.example.com», please",
    "«jörg@bücher.example»",
    "(«a@b.io»)",
    "from:«ada@example.com»",
  ],
  jsonWebToken: [
    "got «eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9» back",
    "«eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.»",
  ],
  apiKey: [
    "using «sk-proj-abcDEF0123456789abcd»",
    "«sk-ant-api03-abcDEF0123456789»",
    "«AIzaSyA-1234567890abcdefghijklmnopqrstu»",
    "«ghp_16C7e42F292c6912E7710c838347Ae178B4a»",
    "«github_pat_11ABCDEFG0abcdefghijkl_mnop»",
    "«glpat-abcdefghij0123456789»",
    "«xoxb-123456789012-abcdefABCDEF»",
    "«AKIAIOSFODNN7EXAMPLE»",
    "«ASIAIOSFODNN7EXAMPLE»",
    "«sk_live_abcdefghij0123456789»",
    "«hf_abcdefghijklmnopqrst0123456789»",
    "«gsk_abcdefghijklmnopqrst0123456789»",
    "«xai-abcdefghijklmnopqrst0123456789»",
    "«npm_abcdefghijklmnopqrst0123456789»",
    "«SG.abcdefghijklmnop0123.abcdefghijklmnop0123»",
    "«ya29.a0AfH6SMBabcdefghijk»",
    "«whsec_abcdefghijklmnop0123»",
  ],
  cardNumber: [
    "card «4111 1111 1111 1111» declined",
    "«5555-5555-5555-4444»",
    "«378282246310005»",
    "«6011111111111117»",
    "«30569309025904»",
    "«3530111333300000»",
  ],
};

const HARMLESS = [
  "workflow_executed",
  "0c3ad2a8-1b9f-4e0c-a9f4-6d2c50b0a1de",
  "primitive.sequential.step_0",
  "4bf92f3577b34da6a3ce929d0e0e4736",
  "2026-11-20T14:00:18.756Z",
  "at Object.<anonymous> (file:///srv/app/main.js:1:2)",
  "node_modules/pino@10.4.0/pino.js",
  "https://api.example.com/v1/orders?page=2",
  "1700000000000",
  "1700000000000000000",
  "4111111111111112",
  "4111-1111-1111",
  "risk-assessment-of-the-year-2024",
  "sk-learn-compatible-estimator",
  "basic authentication is required",
  "bearer authentication",
  "the token expired",
  "max_tokens=4096",
  "token: 17",
  "designs: three",
  "@opentelemetry/api",
  "a@b",
  "Unexpected token '}' in JSON",
];

describe("a text redactor", () => {
  test.each(Object.entries(SECRETS).flatMap(([name, texts]) => texts.map((text) => [name, text])))(
    "takes %s out of %j",
    (name, marked) => {
      const [before = "", secret = "", after = ""] = marked.split(/[«»]/);
      const result = redact(before + secret + after);
      expect(result).not.toContain(secret);
      expect(result).toBe(`${before}[redacted:${name}]${after}`);
    },
  );

  test.each(HARMLESS)("leaves %j alone", (text) => {
    expect(redact(text)).toBe(text);
  });

  test("changes nothing in what it has made", () => {
    for (const marked of Object.values(SECRETS).flat()) {
      const once = redact(unmarked(marked));
      expect(redact(once)).toBe(once);
    }
  });

  test("finds a secret whatever stands around it", () => {
    const secrets = [
      "sk-ant-api03-abcDEF0123456789",
      "ada@example.com",
      "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
      "AKIAIOSFODNN7EXAMPLE",
    ];
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom(...secrets),
        fc.string(),
        (before, secret, after) => {
          expect(redact(`${before} ${secret} ${after}`)).not.toContain(secret);
        },
      ),
    );
  });

  test("leaves out what is allowed, and takes further patterns, with any flags", () => {
    const own = createTextRedactor({
      allow: new Set(["email"]),
      patterns: [/corp-\d+/, /x{2}/iy, /$/],
    });
    expect(own("ada@example.com corp-17 corp-18")).toBe("ada@example.com [redacted] [redacted]");
    expect(own("XXxX")).toBe("[redacted][redacted]");
  });
});

describe("the work of a text redactor", () => {
  const pieces = [
    ...Object.values(SECRETS)
      .flat()
      .map((text) => unmarked(text).slice(0, 12)),
    ...'eyJ|a@|@|a.|token=|token="|token=\'|token=\\"|\\|"|\'|password:|://|:|sk-|SG.|1 |1-|1|bearer |basic |cookie: |--|-|_|=|?key=| |\n|[redacted'.split(
      "|",
    ),
  ];

  test("ends for long texts that are made to keep it searching", () => {
    // A search that is quadratic in the length would take minutes for each.
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }),
        (chosen) => {
          const unit = chosen.join("");
          expect(redact(unit.repeat(Math.ceil(200_000 / unit.length)))).toEqual(expect.any(String));
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);
});

function unmarked(text: string): string {
  return text.replaceAll(/[«»]/g, "");
}
