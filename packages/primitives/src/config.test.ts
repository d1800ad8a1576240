import { describe, expect, it } from "vitest";
import { defineConfig } from "./config.ts";
import { sequential, workflow } from "@tta-dev/primitives";

const greet = workflow("greet", (name: string) => name);

describe("defineConfig", () => {
  it("returns what it was given", () => {
    const given = { workflows: [greet], reference: "openai/gpt-x" };
    expect(defineConfig(given)).toBe(given);
  });

  it.each([
    [undefined, "expected an options object, got undefined"],
    [{ workflows: "greet" }, 'expected an array of workflows, got "greet"'],
    [{ workflows: [greet, sequential(() => 1)] }, "at index 1, got a sequential"],
    [{ workflows: [null] }, "at index 0, got null"],
    [{ workflows: [greet, greet] }, 'two workflows are called "greet"'],
    [{ workflows: [greet], slos: 5 }, "defineConfig({ slos }): expected an array, got 5"],
    [{ workflows: [greet], slos: [5] }, "expected what defineSlo() returns at index 0, got 5"],
  ])("refuses %j", (given, message) => {
    expect(() => defineConfig(given as never)).toThrow(message);
  });
});
