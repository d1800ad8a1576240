import { describe, expect, it } from "vitest";
import { workflow } from "./composition/workflow.ts";
import { checkContext, checkOverrides } from "./context-init.ts";
import { createContext } from "./create-context.ts";

const wrong: readonly (readonly [unknown, Error])[] = [
  [
    null,
    new TypeError(
      "execute(input, context): expected a context or an object of its fields, got null",
    ),
  ],
  [
    "c",
    new TypeError(
      'execute(input, context): expected a context or an object of its fields, got "c"',
    ),
  ],
  [{ signal: "stop" }, new TypeError('context.signal: expected an AbortSignal, got "stop"')],
  [{ signal: null }, new TypeError("context.signal: expected an AbortSignal, got null")],
  [
    { signal: {} },
    new TypeError("context.signal: expected an AbortSignal, got a value of type object"),
  ],
  [{ timeoutMs: 0 }, new RangeError("context.timeoutMs: expected milliseconds above 0, got 0")],
  [{ timeoutMs: -1 }, new RangeError("context.timeoutMs: expected milliseconds above 0, got -1")],
  [
    { timeoutMs: Number.NaN },
    new RangeError("context.timeoutMs: expected milliseconds above 0, got NaN"),
  ],
  [
    { timeoutMs: "soon" },
    new RangeError('context.timeoutMs: expected milliseconds above 0, got "soon"'),
  ],
  [
    { deadlineMs: 5_000 },
    new RangeError(
      "context.deadlineMs: expected a moment in epoch milliseconds, such as Date.now() + 5000, got 5000; for a duration use timeoutMs",
    ),
  ],
  [
    { deadlineMs: Number.NaN },
    new RangeError(
      "context.deadlineMs: expected a moment in epoch milliseconds, such as Date.now() + 5000, got NaN; for a duration use timeoutMs",
    ),
  ],
];

describe("a wrong context", () => {
  it.each(wrong)("is refused by its field: %j", async (init, error) => {
    expect(() => checkContext(init as never)).toThrow(error);
    expect(() => createContext(init as never)).toThrow(error);
    await expect(workflow("w", () => 1).execute(0, init as never)).rejects.toThrow(error);
  });

  it("is refused for a nested execution too", async () => {
    const inner = workflow("inner", () => 1);
    const outer = workflow("outer", () => inner.execute(0, { timeoutMs: -1 }));
    await expect(outer.execute(0)).rejects.toThrow("context.timeoutMs");
  });

  it("is refused for a child", () => {
    expect(() => createContext().child({ timeoutMs: -1 })).toThrow("context.timeoutMs");
    expect(() => checkOverrides(null as never)).toThrow("got null");
  });
});

it("a context may leave everything open, or say so", () => {
  const open = {
    signal: undefined,
    timeoutMs: undefined,
    deadlineMs: undefined,
    userId: undefined,
  };
  for (const init of [{}, open]) {
    expect(checkContext(init)).toBe(init);
    expect(checkOverrides(init)).toBe(init);
  }
});
