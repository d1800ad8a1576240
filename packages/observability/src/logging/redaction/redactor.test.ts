import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anything } from "./anything.fixture.ts";
import { createRedactor } from "./redactor.ts";

const { value, text } = createRedactor();

function copyOf(given: unknown): string {
  return JSON.stringify(value(given));
}

describe("a redactor's copy of a value", () => {
  test("is JSON of bounded size, whatever the value is and whatever it does when it is read", () => {
    fc.assert(
      fc.property(anything(), (make) => {
        const given = make();
        const written = copyOf(given) ?? "null";
        expect(JSON.stringify(JSON.parse(written))).toBe(written);
        expect(written.length).toBeLessThan(1_000_000);
      }),
      { numRuns: 500 },
    );
  });

  test("equals the value where that is plain and has nothing to hide", () => {
    const plain = { a: [1, "two", null, true], b: { c: { d: -0.5 } }, e: [] };
    expect(value(plain)).toEqual(plain);
  });

  test("hides what has the name of a secret, however it is spelt", () => {
    expect(
      value({
        password: "a",
        dbPassword: "b",
        "x-api-key": "c",
        API_KEY: "d",
        Authorization: ["Bearer e"],
        cookie: { f: 1 },
        clientSecret: 17,
        session_token: "g",
        connectionString: "h",
      }),
    ).toEqual({
      password: "[redacted]",
      dbPassword: "[redacted]",
      "x-api-key": "[redacted]",
      API_KEY: "[redacted]",
      Authorization: "[redacted]",
      cookie: "[redacted]",
      clientSecret: "[redacted]",
      session_token: "[redacted]",
      connectionString: "[redacted]",
    });
  });

  test("shows flags, counts of tokens, and what only sounds like a secret", () => {
    const harmless = {
      hasPassword: true,
      secret: null,
      token: 17,
      max_tokens: 100,
      time_to_first_token: 0.2,
      tokenType: "bearer",
      keyword: "x",
      passwordless: "yes",
      content_type: "text/plain",
    };
    expect(value(harmless)).toEqual(harmless);
  });

  test("hides content by the name of its field, but not how much of it there is", () => {
    expect(
      value({
        prompt: "Hi",
        messages: [{ role: "user", content: "Hi" }],
        result: { output: { answer: 42 } },
        input_data: "x",
        systemPrompt: "x",
        tokens: { input: 3, output: 4 },
        completion: "",
      }),
    ).toEqual({
      prompt: "[redacted:content]",
      messages: "[redacted:content]",
      result: { output: "[redacted:content]" },
      input_data: "[redacted:content]",
      systemPrompt: "[redacted:content]",
      tokens: { input: 3, output: 4 },
      completion: "",
    });
  });

  test("shows the content that was opted in, without the secrets in it", () => {
    const some = createRedactor({ content: ["prompt", "system_prompt"] });
    expect(
      some.value({ prompt: "I am ada@example.com", systemPrompt: "be kind", output: "x" }),
    ).toEqual({
      prompt: "I am [redacted:email]",
      systemPrompt: "be kind",
      output: "[redacted:content]",
    });
    const all = createRedactor({ content: true });
    expect(all.value({ messages: [{ content: "Hi" }] })).toEqual({ messages: [{ content: "Hi" }] });
  });

  test("hides what stands at a path", () => {
    const redactor = createRedactor({
      paths: ["user.name", 'headers["x-session"]', "items[*].note", "*.pin", "list[1]"],
    });
    expect(
      redactor.value({
        user: { name: "Ada", age: 36, pin: 1234 },
        headers: { "x-session": "s", accept: "*/*" },
        items: [
          { note: "n", id: 1 },
          { note: { deep: 1 }, id: 2 },
        ],
        list: ["a", "b"],
        name: "shown",
      }),
    ).toEqual({
      user: { name: "[redacted]", age: 36, pin: "[redacted]" },
      headers: { "x-session": "[redacted]", accept: "*/*" },
      items: [
        { note: "[redacted]", id: 1 },
        { note: "[redacted]", id: 2 },
      ],
      list: ["a", "[redacted]"],
      name: "shown",
    });
  });

  test("hides the secret behind its name in a list: raw headers, pairs, arguments", () => {
    expect(
      value({
        rawHeaders: ["Authorization", "abc", "Accept", "*/*"],
        pairs: [["x-api-key", "abc"]],
        argv: ["node", "main.js", "--password", "abc"],
      }),
    ).toEqual({
      rawHeaders: ["Authorization", "[redacted]", "Accept", "*/*"],
      pairs: [["x-api-key", "[redacted]"]],
      argv: ["node", "main.js", "--password", "[redacted]"],
    });
  });

  test("takes secrets out of keys, numbers and the words of what cannot be read", () => {
    const bad = Object.defineProperty({}, "bad", {
      enumerable: true,
      get() {
        throw new Error("token=abc");
      },
    });
    const worse = new Proxy({}, { getPrototypeOf: () => Reflect.get(bad, "bad") as object });
    expect(value({ "ada@example.com": 1, card: 4_111_111_111_111_111, bad, worse })).toEqual({
      "[redacted:email]": 1,
      card: "[redacted:cardNumber]",
      bad: { bad: "[unreadable: token=[redacted:keyValue]]" },
      worse: "[unreadable: token=[redacted:keyValue]]",
    });
  });

  test("tells an error with its code, its causes and the errors it gathers, and no other field of it", () => {
    const cause = Object.assign(new Error("refused for ada@example.com"), { code: "ECONNREFUSED" });
    const error = Object.assign(new TypeError("fetch failed", { cause }), {
      config: { headers: { authorization: "x" } },
    });
    expect(value(new AggregateError([error, "odd"], "all failed"))).toEqual({
      name: "AggregateError",
      message: "all failed",
      stack: expect.stringContaining("AggregateError: all failed\n    at "),
      errors: [
        {
          name: "TypeError",
          message: "fetch failed",
          stack: expect.stringContaining("TypeError: fetch failed"),
          cause: {
            name: "Error",
            message: "refused for [redacted:email]",
            code: "ECONNREFUSED",
            stack: expect.not.stringContaining("ada@"),
          },
        },
        "odd",
      ],
    });
  });

  test("ends a circle, a chain of causes and a tree where they get too long", () => {
    const circle: Record<string, unknown> = { name: "a" };
    circle["self"] = circle;
    expect(value(circle)).toEqual({ name: "a", self: "[circular]" });
    let error = new Error("0");
    for (let index = 1; index < 50; index++) error = new Error(String(index), { cause: error });
    expect(copyOf(error)).toContain("[too deep]");
    const broad = Array.from({ length: 101 }, () => Array.from({ length: 101 }, () => 1));
    const copied = value(broad) as unknown[][];
    expect(copied[0]?.at(-1)).toBe("… 1 more");
    expect(copied.at(-1)).toBe("… 1 more");
    expect(copied[50]).toBe("[too many values]");
  });

  test("cuts long texts, and the longer all of them are, the more", () => {
    const long = "word ".repeat(10_000);
    const copied = value(Array.from({ length: 20 }, () => long)) as string[];
    expect(copied[0]).toBe(`${long.slice(0, 16_384)}…[33616 more characters]`);
    expect(copied.at(-1)).toBe("…[50000 more characters]");
    expect(JSON.stringify(copied).length).toBeLessThan(140_000);
  });

  test("says in a word what has no fields to tell", () => {
    expect(
      value([
        new Date(0),
        new Date(Number.NaN),
        Buffer.from("abc"),
        new ArrayBuffer(2),
        new Set([1]),
        new Map([["password", 1]]),
        new URL("https://u:p@x.example/"),
        /a/,
        Object("boxed"),
        Promise.resolve(),
        new WeakSet(),
        new Headers({ cookie: "a" }),
        10n,
        Symbol("s"),
        Number.NaN,
        () => 1,
      ]),
    ).toEqual([
      "1970-01-01T00:00:00.000Z",
      "Invalid Date",
      "[3 bytes]",
      "[2 bytes]",
      [1],
      { password: "[redacted]" },
      "https://[redacted:urlCredentials]@x.example/",
      "/a/",
      "boxed",
      "[promise]",
      "[weak collection]",
      { cookie: "[redacted]" },
      "10",
      "Symbol(s)",
      "NaN",
      "[function]",
    ]);
  });

  test("does what toJSON says, and keeps a field named __proto__ a field", () => {
    const copied = value({ when: { toJSON: () => "then" }, ["__proto__"]: { polluted: true } });
    expect(JSON.stringify(copied)).toBe('{"when":"then","__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(copied)).toBe(Object.prototype);
  });
});

describe("a redactor's text", () => {
  test("has no half of a secret at its end, where it was cut", () => {
    const secret = "sk-ant-api03-abcDEF0123456789";
    for (let shift = 0; shift <= 40; shift++) {
      const cut = text("x".repeat(16_384 - shift) + ` ${secret}`.repeat(300));
      expect(cut).not.toContain("sk-");
      expect(cut).toContain("more characters]");
      // Marks are shorter than what they stand for: the end of what was read moves up.
      expect(text("x".repeat(shift) + ` ${secret}`.repeat(1000))).not.toContain("sk-");
    }
  });

  test("is judged anew for each text that may be remembered", () => {
    for (let round = 0; round < 3; round++)
      for (let index = 0; index < 2500; index++) text(`word number ${index}`);
    expect(text("ada@example.com")).toBe("[redacted:email]");
    expect(text("ada@example.com")).toBe("[redacted:email]");
  });
});

describe("a redactor's options", () => {
  test.each([
    [{ paths: "user" }, "redact.paths is 'user'; expected an array of paths such as user.email"],
    [{ paths: ["a..b"] }, "redact.paths: 'a..b' is no path; expected one such as"],
    [{ paths: [""] }, "redact.paths: '' is no path"],
    [{ paths: [".a"] }, "redact.paths: '.a' is no path"],
    [{ paths: ["a[b"] }, "redact.paths: 'a[b' is no path"],
    [{ patterns: ["x"] }, "redact.patterns is [ 'x' ]; expected an array of regular expressions"],
    [{ allow: ["mail"] }, "redact.allow is [ 'mail' ]; expected an array of privateKey, "],
    [{ content: "prompt" }, "redact.content is 'prompt'; expected an array of field names"],
  ])("%j are refused", (options, message) => {
    expect(() => createRedactor(options as object)).toThrow(TypeError);
    expect(() => createRedactor(options as object)).toThrow(message);
  });
});
