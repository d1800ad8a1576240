import { describe, expect, it } from "vitest";
import type { WorkflowContext } from "../context.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { race } from "./race.ts";
import { sequential } from "./sequential.ts";

const after =
  <T>(ms: number, value: T) =>
  async (_input: unknown, context: WorkflowContext): Promise<T> => {
    await context.sleep("work", ms);
    return value;
  };

const failingAfter =
  (ms: number, message: string) =>
  async (_input: unknown, context: WorkflowContext): Promise<never> => {
    await context.sleep("work", ms);
    throw new Error(message);
  };

describe("race", () => {
  it("is won by the first success", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    expect(
      await virtual.execute(race({ far: after(500, "far"), near: after(10, "near") }), 0),
    ).toBe("near");
    expect(virtual.nowMs - began).toBe(10);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("is not lost by a failure that comes first", async () => {
    const run = race([failingAfter(1, "no"), after(10, "yes")]);
    expect(await virtualRuntime().execute(run, 0)).toBe("yes");
  });

  it("may be won with undefined", async () => {
    expect(await race({ a: () => undefined }).execute(0)).toBeUndefined();
  });

  it("gives every branch the input", async () => {
    expect(await race({ a: (value: number) => value + 1 }).execute(1)).toBe(2);
  });

  it("rejects with every error, in branch order, when no branch succeeds", async () => {
    const run = race({ a: failingAfter(20, "a"), b: failingAfter(10, "b") }).named("lost");
    const error: unknown = await virtualRuntime()
      .execute(run, 0)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: "AllFailedError",
      code: "ALL_FAILED",
      message: 'all 2 branches of race "lost" failed',
      errors: [{ message: "a" }, { message: "b" }],
      cause: { message: "a" },
    });
  });

  it("rejects with the caller's reason on abort", async () => {
    const controller = new AbortController();
    const run = virtualRuntime().execute(
      race(
        { a: after(500, 1), b: () => new Promise<never>(() => controller.abort("stop")) },
        { graceMs: 5 },
      ),
      0,
      { signal: controller.signal },
    );
    await expect(run).rejects.toBe("stop");
  });

  it("lets only the winner write state, although the loser ended in the same turn", async () => {
    const write =
      (name: string) =>
      (_input: unknown, { state }: WorkflowContext) => {
        state.set("winner", name);
        return name;
      };
    const run = sequential(race({ a: write("a"), b: write("b") }), (name: string, { state }) => [
      name,
      ...state.entries(),
    ]);
    expect(await run.execute(0)).toEqual(["a", ["winner", "a"]]);
  });

  it("is refused without branches and with a wrong grace", () => {
    expect(() => race({})).toThrow(
      new RangeError("race(): expected at least one branch, got none"),
    );
    expect(() => race({ a: () => 1 }, { graceMs: -1 })).toThrow(
      new RangeError("race({ graceMs }): expected a finite number of at least 0, got -1"),
    );
    expect(() => race({ a: () => 1 }, "fast" as never)).toThrow(
      new TypeError('race(branches, options): expected an options object, got "fast"'),
    );
  });
});
