import { describe, expect, it } from "vitest";
import { workflow } from "@tta-dev/primitives";
import { defineConfig } from "../config.ts";
import { defineComponent } from "./define-component.ts";

const greet = workflow("greet", (name: string) => name);
const greeter = defineComponent({ name: "greeter", stage: "development", workflow: greet });

describe("the components of a project", () => {
  it("may be left out, and are kept", () => {
    expect(defineConfig({ workflows: [greet] }).components).toBeUndefined();
    const components = [greeter];
    expect(defineConfig({ workflows: [greet], components }).components).toBe(components);
  });

  it("may come from another copy of the package", () => {
    const copy = JSON.parse(JSON.stringify(greeter)) as typeof greeter;
    expect(defineConfig({ workflows: [greet], components: [copy] }).components).toEqual([greeter]);
  });

  it.each<[unknown, string]>([
    ["greeter", 'expected an array of components, got "greeter"'],
    [[greeter, null], "expected what defineComponent() returns at index 1, got null"],
    [[greet], "expected what defineComponent() returns at index 0, got a workflow"],
    [[{ ...greeter, stage: "beta" }], "expected what defineComponent() returns at index 0"],
    [[{ ...greeter, gates: {} }], "expected what defineComponent() returns at index 0"],
    [[greeter, { ...greeter }], 'two components are called "greeter"'],
  ])("%o is refused", (components, message) => {
    expect(() => defineConfig({ workflows: [greet], components: components as never })).toThrow(
      message,
    );
  });
});
