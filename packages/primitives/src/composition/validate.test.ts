import { describe, expect, it } from "vitest";
import type { SchemaIssue, StandardSchema } from "./standard-schema.ts";
import { validateWith } from "./validate.ts";

const refusing = (...issues: readonly SchemaIssue[]): StandardSchema<unknown, number> => ({
  "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) },
});

describe("validation", () => {
  it("returns what the schema makes of the value", async () => {
    const schema: StandardSchema<unknown, number> = {
      "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: Number(value) }) },
    };
    expect(await validateWith(schema, "5", "this")).toBe(5);
  });

  it.each<[string, readonly SchemaIssue[], string]>([
    ["no path", [{ message: "bad" }], "bad"],
    ["an empty path", [{ message: "bad", path: [] }], "bad"],
    ["keys", [{ message: "bad", path: ["a", 0, "b"] }], "a.0.b: bad"],
    ["segments", [{ message: "bad", path: [{ key: "a" }, { key: 1 }] }], "a.1: bad"],
    ["a symbol", [{ message: "bad", path: [Symbol("s")] }], "Symbol(s): bad"],
    ["several issues", [{ message: "bad", path: ["a"] }, { message: "worse" }], "a: bad; worse"],
    ["no issue at all", [], ""],
  ])("says where in the value, with %s", async (_what, issues, details) => {
    await expect(validateWith(refusing(...issues), 1, 'workflow "w"')).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: `the input of workflow "w" was refused: ${details}`,
      issues,
    });
  });

  it("rejects with what a broken schema throws", async () => {
    const broken: StandardSchema<unknown, number> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => {
          throw new Error("mine");
        },
      },
    };
    await expect(validateWith(broken, 1, "this")).rejects.toThrow("mine");
  });
});
