import { describe, expect, it } from "vitest";
import { conditional } from "./conditional.ts";

const then = (value: number): string => `then ${value}`;
const otherwise = (value: number): string => `else ${value}`;

describe("a conditional", () => {
  it("runs one of two steps, as the predicate says", async () => {
    const sign = conditional((value: number) => value > 0, then, otherwise);
    expect(await sign.execute(1)).toBe("then 1");
    expect(await sign.execute(-1)).toBe("else -1");
  });

  it("without otherwise passes its input through", async () => {
    const input = { confidence: 0.9 };
    const ask = conditional(
      ({ confidence }: typeof input) => confidence < 0.7,
      () => "asked",
    );
    expect(await ask.execute(input)).toBe(input);
  });

  it("waits for an asynchronous predicate, which is told the context", async () => {
    const local = conditional(
      async (_value: number, { userId }) => userId === "me",
      then,
      otherwise,
    );
    expect(await local.execute(1, { userId: "me" })).toBe("then 1");
    expect(await local.execute(1, { userId: "you" })).toBe("else 1");
  });

  it("takes a predicate by its truth", async () => {
    const truthy = conditional((value: number) => value as unknown as boolean, then, otherwise);
    expect(await truthy.execute(0)).toBe("else 0");
    expect(await truthy.execute(2)).toBe("then 2");
  });

  it("rejects with what its predicate throws: neither step runs", async () => {
    let ran = 0;
    const broken = conditional(
      (): boolean => {
        throw new Error("from the predicate");
      },
      () => ran++,
      () => ran++,
    );
    await expect(broken.execute(0)).rejects.toThrow("from the predicate");
    expect(ran).toBe(0);
  });

  it("rejects with what the step throws", async () => {
    const broken = conditional(
      () => true,
      () => Promise.reject(new Error("from the step")),
    );
    await expect(broken.execute(0)).rejects.toThrow("from the step");
  });

  it("says in its description which steps there are", () => {
    const keys = (graph: { children: readonly { key: string; span: string }[] }) =>
      graph.children.map(({ key, span }) => [key, span]);
    expect(keys(conditional(() => true, then).describe())).toEqual([
      ["then", "primitive.conditional.branch_then"],
    ]);
    expect(keys(conditional(() => true, then, otherwise).describe())).toEqual([
      ["then", "primitive.conditional.branch_then"],
      ["else", "primitive.conditional.branch_else"],
    ]);
  });

  it("is refused without a predicate or with a step that is none", () => {
    expect(() => conditional("yes" as never, then)).toThrow(
      new TypeError('conditional(predicate): expected a function, got "yes"'),
    );
    expect(() => conditional(() => true, 5 as never)).toThrow(
      new TypeError("conditional(): then: expected a primitive or a function, got number"),
    );
    expect(() => conditional(() => true, then, null as never)).toThrow(
      new TypeError("conditional(): else: expected a primitive or a function, got null"),
    );
  });
});
