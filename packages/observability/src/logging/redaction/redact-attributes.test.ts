import { describe, expect, test } from "vitest";
import { createRedactor } from "./redactor.ts";

const { attributes } = createRedactor();

describe("a redactor's attributes", () => {
  test("are the same object where there is nothing to hide", () => {
    const given = {
      "primitive.name": "a",
      "step.index": 1,
      tags: ["a", "b"],
      raw: new Uint8Array(2),
    };
    expect(attributes(given)).toBe(given);
  });

  test("lose secrets and content, in names with dots, in lists and in maps", () => {
    const given = {
      "gen_ai.input.messages": '[{"role":"user"}]',
      "gen_ai.usage.input_tokens": 12,
      "input.value": "Hi",
      "http.request.header.authorization": ["Bearer x"],
      "exception.stacktrace": "Error: token=abc\n    at x",
      "process.command_args": ["node", "--token", "abc"],
      nested: { password: "x", ok: [1, "ada@example.com"] },
      "url.full": "https://x.example/?api_key=abc",
    };
    expect(attributes(given)).toEqual({
      "gen_ai.input.messages": "[redacted:content]",
      "gen_ai.usage.input_tokens": 12,
      "input.value": "[redacted:content]",
      "http.request.header.authorization": "[redacted]",
      "exception.stacktrace": "Error: token=[redacted:keyValue]\n    at x",
      "process.command_args": ["node", "--token", "[redacted]"],
      nested: { password: "[redacted]", ok: [1, "[redacted:email]"] },
      "url.full": "https://x.example/?api_key=[redacted:keyValue]",
    });
    expect(given["input.value"]).toBe("Hi");
  });

  test("are hidden by path, as a whole name or down its dots", () => {
    const redactor = createRedactor({ paths: ['["user.name"]', "tenant.id", "*.secretive"] });
    expect(
      redactor.attributes({ "user.name": "a", "tenant.id": "b", "x.secretive": "c", user: "d" }),
    ).toEqual({
      "user.name": "[redacted]",
      "tenant.id": "[redacted]",
      "x.secretive": "[redacted]",
      user: "d",
    });
  });
});
