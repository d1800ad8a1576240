import { describe, expect, it } from "vitest";
import type { WorkflowContext } from "../context.ts";
import { sequential } from "./sequential.ts";

describe("a sequence", () => {
  it("gives each step the output of the one before", async () => {
    const shout = sequential(
      (text: string) => text.trim(),
      async (text) => text.toUpperCase(),
      (text) => text.length,
    );
    expect(await shout.execute(" hello ")).toBe(5);
  });

  it("takes twelve steps", async () => {
    const add = (value: number): number => value + 1;
    const twelve = sequential(add, add, add, add, add, add, add, add, add, add, add, add);
    expect(await twelve.execute(0)).toBe(12);
    expect(twelve.describe().children).toHaveLength(12);
  });

  it("ends with the first failure: later steps do not run", async () => {
    const ran: string[] = [];
    const error = new Error("no");
    const broken = sequential(
      () => ran.push("first"),
      (): number => {
        throw error;
      },
      () => ran.push("third"),
    );
    await expect(broken.execute(0)).rejects.toBe(error);
    expect(ran).toEqual(["first"]);
  });

  it("waits for any thenable that a step returns, and passes falsy outputs on", async () => {
    const eventual = sequential(
      // oxlint-disable-next-line unicorn/no-thenable -- what a query builder is
      () => ({ then: (resolve: (value: number) => void) => resolve(0) }) as PromiseLike<number>,
      (value) => [value],
    );
    expect(await eventual.execute("")).toEqual([0]);
    for (const value of [0, "", false, null, undefined, Number.NaN])
      expect(await sequential((input: unknown) => input).execute(value)).toBe(value);
  });

  it("hands every step its context", async () => {
    const paths: string[] = [];
    const note = (_input: unknown, { path }: WorkflowContext): void => void paths.push(path);
    await sequential(note, sequential(note, note)).named("outer").execute(0);
    expect(paths).toEqual(["outer/0:note", "outer/1/0:note", "outer/1/1:note"]);
  });

  it("may be executed any number of times at once", async () => {
    const double = sequential(
      async (value: number) => value + 1,
      async (value) => value * 2,
    );
    const all = await Promise.all([1, 2, 3].map((value) => double.execute(value)));
    expect(all).toEqual([4, 6, 8]);
  });

  it("has an execute that may be passed as a plain function", async () => {
    const { execute } = sequential((value: number) => value + 1);
    expect(await Promise.all([1, 2].map((value) => execute(value)))).toEqual([2, 3]);
  });
});

describe("a wrong sequence", () => {
  it("has no step", () => {
    expect(() => (sequential as () => unknown)()).toThrow(
      new TypeError("sequential(): expected at least one step, got none"),
    );
  });

  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [5, "number"],
    [{}, "object"],
    [[], "object"],
  ])("has a step that is none: %j", (step, got) => {
    const wrong = sequential as (...steps: readonly unknown[]) => unknown;
    expect(() => wrong(() => 1, step)).toThrow(
      new TypeError(`sequential(): step 1: expected a primitive or a function, got ${got}`),
    );
  });
});
