import { describe, expect, it } from "vitest";
import { parallel } from "./composition/parallel.ts";
import { sequential } from "./composition/sequential.ts";
import { workflow } from "./composition/workflow.ts";
import { step } from "./define.ts";
import { toPrimitive } from "./primitive.ts";
import { retry } from "./recovery/retry.ts";

const add = async (value: number): Promise<number> => value + 1;
const text = (value: number): string => `(${value})`;

describe("a primitive", () => {
  it("is no thenable: returned from an async function it is itself", async () => {
    const primitive = workflow("w", sequential(add));
    const returned = await (async () => primitive)();
    expect(returned).toBe(primitive);
    expect("then" in primitive).toBe(false);
    const made = await Promise.all([async () => retry(add, { attempts: 2 })].map((make) => make()));
    expect(await made[0]!.execute(1)).toBe(2);
  });

  it("cannot be changed", () => {
    const primitive = sequential(add);
    expect(Object.isFrozen(primitive)).toBe(true);
    expect(() => Object.assign(primitive, { execute: () => 5 })).toThrow(TypeError);
  });

  it("may be executed as a plain function", async () => {
    const { execute } = sequential(add);
    expect(
      await [1, 2].reduce(
        async (sum, value) => (await sum) + (await execute(value)),
        Promise.resolve(0),
      ),
    ).toBe(5);
  });

  it("rejects, and never throws, whatever is wrong with the call", async () => {
    const primitive = sequential((): never => {
      throw new Error("at once");
    });
    await expect(primitive.execute(0)).rejects.toThrow("at once");
    await expect(primitive.execute(0, { timeoutMs: -1 })).rejects.toThrow(RangeError);
    await expect(primitive.execute(0, 5 as never)).rejects.toThrow(TypeError);
  });
});

describe("named", () => {
  it("is the same primitive under another name: the first one keeps its own", async () => {
    const first = sequential(add);
    const second = first.named("second");
    expect([first.name, second.name, second.type]).toEqual(["sequential", "second", "sequential"]);
    expect(await second.execute(1)).toBe(2);
  });

  it("is kept by whatever wraps it", () => {
    expect(retry(sequential(add).named("inner"), { attempts: 2 }).name).toBe("inner");
  });

  it.each<[unknown, string]>([
    ["", '""'],
    ["x".repeat(201), JSON.stringify("x".repeat(201))],
    [5, "5"],
    [undefined, "undefined"],
    [null, "null"],
    [10n, "a value of type bigint"],
    [Symbol("s"), "a value of type symbol"],
    [{}, "a value of type object"],
  ])("refuses what is no name", (name, got) => {
    expect(() => sequential(add).named(name as string)).toThrow(
      new TypeError(
        `sequential.named(name): expected a non-empty string of at most 200 characters, got ${got}`,
      ),
    );
  });
});

describe("pipe", () => {
  const keys = (primitive: { describe(): { type: string; children: readonly unknown[] } }) =>
    [primitive.describe().type, primitive.describe().children.length] as const;

  it("feeds the output into the next step", async () => {
    expect(await sequential(add).pipe(text).execute(1)).toBe("(2)");
    expect(await step("add", add).pipe(add).pipe(text).execute(1)).toBe("(3)");
  });

  it("grows a sequence that has no name of its own instead of nesting it", () => {
    expect(keys(sequential(add).pipe(add).pipe(text))).toEqual(["sequential", 3]);
    expect(keys(sequential(add, add).pipe(text))).toEqual(["sequential", 3]);
    expect(keys(step("add", add).pipe(add).pipe(text))).toEqual(["sequential", 3]);
  });

  it("leaves a sequence with a name in one piece", async () => {
    const named = sequential(add, add).named("twice");
    expect(keys(named.pipe(text))).toEqual(["sequential", 2]);
    expect(await named.pipe(text).execute(1)).toBe("(3)");
  });

  it("leaves what it was called on as it was", () => {
    const first = sequential(add);
    first.pipe(text);
    expect(keys(first)).toEqual(["sequential", 1]);
  });

  it("keeps other primitives in one piece", async () => {
    const both = parallel({ a: add, b: add });
    expect(keys(both.pipe(({ a, b }) => a + b))).toEqual(["sequential", 2]);
    expect(keys(workflow("w", add).pipe(text))).toEqual(["sequential", 2]);
  });

  it("numbers the steps of the whole", () => {
    const graph = sequential(add).pipe(add).pipe(text).describe();
    expect(graph.children.map(({ key, span }) => [key, span])).toEqual([
      ["0", "primitive.sequential.step_0"],
      ["1", "primitive.sequential.step_1"],
      ["2", "primitive.sequential.step_2"],
    ]);
  });

  it("refuses what is no step", () => {
    expect(() => sequential(add).pipe(5 as never)).toThrow(
      new TypeError("step: expected a primitive or a function, got number"),
    );
  });
});

describe("toPrimitive", () => {
  it("makes a primitive of a function, called after it", async () => {
    const primitive = toPrimitive(add);
    expect([primitive.name, primitive.type]).toEqual(["add", "step"]);
    expect(await primitive.execute(1)).toBe(2);
    expect(toPrimitive((value: number) => value).name).toBe("step");
  });

  it("gives a primitive back as it is", () => {
    const primitive = sequential(add);
    expect(toPrimitive(primitive)).toBe(primitive);
  });

  it.each([5, null, undefined, {}, "add"])("refuses %j", (wrong) => {
    expect(() => toPrimitive(wrong as never)).toThrow(
      /^step: expected a primitive or a function, got/,
    );
  });
});
