import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WorkflowContext } from "../context.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { map } from "./map.ts";
import { sequential } from "./sequential.ts";

describe("map", () => {
  it("keeps the order of the items, whichever ends first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 20 }),
        fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        async (waits, concurrency) => {
          const slow = map(
            async (ms: number, context) => {
              await context.sleep("work", ms);
              return `${ms}`;
            },
            concurrency === undefined ? {} : { concurrency },
          );
          expect(await virtualRuntime().execute(slow, waits)).toEqual(waits.map(String));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("keeps no more items under way than it may", async () => {
    let running = 0;
    let most = 0;
    const items = map(
      async (ms: number, context) => {
        most = Math.max(most, ++running);
        await context.sleep("work", ms);
        running--;
      },
      { concurrency: 3 },
    );
    await virtualRuntime().execute(items, [5, 1, 9, 2, 7, 7, 3, 1]);
    expect(most).toBe(3);
  });

  it("runs all at once without a limit", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const items = map(async (ms: number, context: WorkflowContext) => context.sleep("work", ms));
    await virtual.execute(items, [50, 60, 70]);
    expect(virtual.nowMs - began).toBe(70);
  });

  it("of no items is no result", async () => {
    expect(await map((item: number) => item).execute([])).toEqual([]);
  });

  it("takes the places of an array that are empty for undefined", async () => {
    // oxlint-disable-next-line no-sparse-arrays -- what this is about
    expect(await map((item: unknown) => item ?? "none").execute([1, , 3])).toEqual([1, "none", 3]);
  });

  it("rejects with the first failure and stops the others", async () => {
    const virtual = virtualRuntime();
    const items = map(async (ms: number, context: WorkflowContext) => {
      await context.sleep("work", ms);
      if (ms < 50) throw new Error(`no ${ms}`);
    });
    const began = virtual.nowMs;
    await expect(virtual.execute(items, [500, 40, 20])).rejects.toThrow("no 20");
    expect(virtual.nowMs - began).toBe(20);
  });

  it("gives every item a path and an attribute of its own", async () => {
    const paths: string[] = [];
    const items = map(sequential((_item: number, { path }) => void paths.push(path)));
    await items.named("m").execute([1, 2]);
    expect(paths).toEqual(["m/item.0/0", "m/item.1/0"]);
  });

  it.each([
    [null, "null"],
    ["ab", '"ab"'],
    [{ length: 1 }, "a value of type object"],
    [undefined, "undefined"],
  ])("refuses an input that is no array: %j", async (input, got) => {
    const items = map((item: number) => item).named("items");
    await expect(items.execute(input as never)).rejects.toThrow(
      new TypeError(`map "items": expected an array as input, got ${got}`),
    );
  });

  it("is refused with options that are wrong", () => {
    const one = (item: number): number => item;
    expect(() => map(one, { concurrency: 1.5 })).toThrow(
      new RangeError("map({ concurrency }): expected a whole number of at least 1, got 1.5"),
    );
    expect(() => map(one, { graceMs: -1 })).toThrow(
      new RangeError("map({ graceMs }): expected a finite number of at least 0, got -1"),
    );
    expect(() => map(one, null as never)).toThrow(
      new TypeError("map(step, options): expected an options object, got null"),
    );
    expect(() => map("one" as never)).toThrow(
      new TypeError("map(): step: expected a primitive or a function, got string"),
    );
  });
});
