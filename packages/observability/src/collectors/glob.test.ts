import { describe, expect, it } from "vitest";
import { folderOf, globMatcher } from "./glob.ts";

describe("globMatcher", () => {
  it.each([
    ["src/**", "src/a.ts", true],
    ["src/**", "src/deep/er/a.ts", true],
    ["src/**", "other/src/a.ts", false],
    ["**/src/**", "other/src/a.ts", true],
    ["**/src/**", "src/a.ts", true],
    ["src/**/a.ts", "src/a.ts", true],
    ["src/**/a.ts", "src/x/y/a.ts", true],
    ["src/*.ts", "src/a.ts", true],
    ["src/*.ts", "src/x/a.ts", false],
    ["src/?.ts", "src/a.ts", true],
    ["src/?.ts", "src/ab.ts", false],
    ["src/{a,b*}.{ts,js}", "src/bee.js", true],
    ["src/{a,b*}.{ts,js}", "src/c.js", false],
    ["src/{a,{b,c}}.ts", "src/c.ts", true],
    ["src/agents", "src/agents/deep/a.ts", true],
    ["src/agents/", "src/agents/a.ts", true],
    ["src/agents", "src/agents-2/a.ts", false],
    ["./src/a.ts", "src/a.ts", true],
    [".\\src\\a.ts", "src/a.ts", true],
    ["src/a.ts", "src/aXts", false],
    ["src/{a.ts", "src/{a.ts", true],
    ["src/a}.ts", "src/a}.ts", true],
    ["src/(a)+[b].ts", "src/(a)+[b].ts", true],
    ["../lib/**", "../lib/a.ts", true],
  ])("%s and %s: %s", (glob, path, expected) => {
    expect(globMatcher([glob])(path)).toBe(expected);
  });

  it("takes what any glob means, without what one with ! takes away", () => {
    const matches = globMatcher(["src/a/**", "src/b/**", "!**/*.gen.ts"]);
    expect(["src/a/x.ts", "src/b/x.ts", "src/c/x.ts", "src/a/x.gen.ts"].filter(matches)).toEqual([
      "src/a/x.ts",
      "src/b/x.ts",
    ]);
  });
});

describe("folderOf", () => {
  it.each([
    ["src/agents/*.ts", "src/agents/"],
    ["src/agent-*/x.ts", "src/"],
    ["**/x.ts", ""],
    ["{a,b}/x.ts", ""],
    ["src/a.ts", "src/a.ts"],
    ["./src/", "src"],
  ])("of %s is %j", (glob, folder) => {
    expect(folderOf(glob)).toBe(folder);
  });
});
