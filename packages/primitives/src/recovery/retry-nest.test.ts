import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditional } from "../composition/conditional.ts";
import { loop } from "../composition/loop.ts";
import { map } from "../composition/map.ts";
import { parallel } from "../composition/parallel.ts";
import { race } from "../composition/race.ts";
import { router } from "../composition/router.ts";
import { sequential } from "../composition/sequential.ts";
import { switchCase } from "../composition/switch-case.ts";
import { workflow } from "../composition/workflow.ts";
import { definePrimitive, observe } from "../define.ts";
import { toPrimitive, type Primitive, type Step } from "../primitive.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { fallback } from "./fallback.ts";
import { retry } from "./retry.ts";
import { saga } from "./saga.ts";
import { timeout } from "./timeout.ts";

const backoff = { kind: "constant", delayMs: 0 } as const;
const limit = { backoff, nested: "limit" } as const;
const multiply = { backoff, nested: "multiply" } as const;

/** A step that always fails with an error of its own, and how often it was called. */
function failing(): { readonly step: (input: unknown) => Promise<never>; calls: number } {
  const counted = {
    calls: 0,
    step: async (): Promise<never> => {
      throw new Error(`failure ${++counted.calls}`);
    },
  };
  return counted;
}

async function callsOf(
  build: (step: (input: unknown) => Promise<never>) => Primitive<never, unknown>,
): Promise<number> {
  const counted = failing();
  const error: unknown = await build(counted.step)
    .execute(0 as never)
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Error);
  return counted.calls;
}

describe("a retry around a retry", () => {
  it.each([
    [4, 3, 4],
    [2, 5, 5],
    [3, 3, 3],
    [1, 4, 4],
    [4, 1, 4],
    [1, 1, 1],
  ])("of %i around %i makes %i calls when all fail", async (outer, inner, calls) => {
    expect(
      await callsOf((step) =>
        retry(retry(step, { attempts: inner, ...limit }), { attempts: outer, ...limit }),
      ),
    ).toBe(calls);
  });

  it.each([
    ["the outer one", multiply, limit],
    ["the inner one", limit, multiply],
    ["both", multiply, multiply],
  ])("multiplies where %s says so", async (_which, outer, inner) => {
    expect(
      await callsOf((step) =>
        retry(retry(step, { attempts: 3, ...inner }), { attempts: 4, ...outer }),
      ),
    ).toBe(12);
  });

  it.each([
    [2, 3, 4, 4],
    [4, 3, 2, 4],
    [2, 5, 3, 5],
    [3, 3, 3, 3],
  ])("holds on three levels: %i, %i, %i makes %i", async (first, second, third, calls) => {
    expect(
      await callsOf((step) =>
        retry(retry(retry(step, { attempts: third, ...limit }), { attempts: second, ...limit }), {
          attempts: first,
          ...limit,
        }),
      ),
    ).toBe(calls);
  });

  it("on three levels ends every retry around when there is no call left: no attempt is made for nothing", async () => {
    let begun = 0;
    const counted = failing();
    const body = sequential(
      async () => void begun++,
      retry(counted.step, { attempts: 4, ...limit }),
    );
    const nested = retry(retry(body, { attempts: 2, ...limit }), { attempts: 4, ...limit });
    await expect(nested.execute(0)).rejects.toThrow("failure 4");
    expect([counted.calls, begun]).toEqual([4, 1]);
  });

  it("rejects with the error of the last call", async () => {
    const counted = failing();
    const nested = retry(retry(counted.step, { attempts: 3, ...limit }), { attempts: 4, ...limit });
    await expect(nested.execute(0)).rejects.toThrow("failure 4");
  });

  it("never makes more calls than the largest of all, and stops at the first success", async () => {
    const attempts = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(attempts, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 8 }),
        async (levels, failures) => {
          let calls = 0;
          let nested: Step<number, string> = async () => {
            if (calls++ < failures) throw new Error("no");
            return "yes";
          };
          for (const level of levels) nested = retry(nested, { attempts: level, ...limit });
          const result = await toPrimitive(nested)
            .execute(0)
            .catch(() => "no");
          const most = Math.max(...levels);
          expect(calls).toBe(Math.min(failures + 1, most));
          expect(result).toBe(failures < most ? "yes" : "no");
        },
      ),
      { numRuns: 200 },
    );
  });

  it("keeps to it for every inner retry of a sequence, whatever fails when", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(
          fc.record({
            attempts: fc.integer({ min: 1, max: 4 }),
            fails: fc.array(fc.boolean(), { maxLength: 10 }),
          }),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        async (outer, inners) => {
          const calls = inners.map(() => 0);
          const steps = inners.map(({ attempts, fails }, index) =>
            retry(
              async () => {
                if (fails[calls[index]!++] === true) throw new Error(`no ${index}`);
              },
              { attempts, ...limit },
            ),
          );
          let body: Primitive<unknown, unknown> = sequential(async (input: unknown) => input);
          for (const one of steps) body = body.pipe(one);
          await retry(body, { attempts: outer, ...limit })
            .execute(0)
            .catch((error: Error) => expect(error.message).toMatch(/^no \d$/));
          for (const [index, { attempts }] of inners.entries())
            expect(calls[index]).toBeLessThanOrEqual(Math.max(outer, attempts));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("between the two", () => {
  type Between = (inner: Primitive<unknown, unknown>) => Primitive<never, unknown>;
  const betweens: readonly (readonly [string, Between])[] = [
    ["timeout", (inner) => timeout(inner, { timeoutMs: 60_000 })],
    ["fallback", (inner) => fallback(inner, [() => Promise.reject(new Error("other"))])],
    [
      "a fallback's alternative",
      (inner) => fallback(() => Promise.reject(new Error("other")), [inner]),
    ],
    ["parallel", (inner) => parallel({ inner, other: async () => 1 })],
    ["map", (inner) => sequential(() => [1], map(inner))],
    ["race", (inner) => race({ inner })],
    ["sequential", (inner) => sequential(async (input: unknown) => input, inner)],
    ["conditional", (inner) => conditional(() => true, inner)],
    ["switchCase", (inner) => switchCase(() => "a", { a: inner })],
    ["router", (inner) => router({ routes: { a: inner }, select: () => "a" })],
    ["loop", (inner) => loop(inner, { while: () => true, maxIterations: 3 })],
    ["saga", (inner) => saga({ name: "only", execute: inner })],
    ["workflow", (inner) => workflow("inner", inner)],
    ["observe", (inner) => observe(inner, { name: "seen" })],
    [
      "a composite of one's own",
      (inner) =>
        definePrimitive({
          type: "own",
          children: { inner },
          run: (input: unknown, context) => context.call("inner", input),
        }),
    ],
    ["a function", (inner) => sequential((input: unknown) => inner.execute(input))],
  ];

  it.each(betweens)("there may be %s", async (_name, between) => {
    for (const [outer, inner, calls] of [
      [4, 3, 4],
      [2, 5, 5],
    ] as const)
      expect(
        await callsOf((step) =>
          retry(between(retry(step, { attempts: inner, ...limit })), {
            attempts: outer,
            retryIf: () => true,
            ...limit,
          }),
        ),
      ).toBe(calls);
  });

  it("there may be something that wraps the error: it ends the outer retry all the same", async () => {
    let begun = 0;
    const wrapping = saga(
      { name: "before", execute: async () => void begun++, compensate: () => undefined },
      { name: "flaky", execute: retry(failing().step, { attempts: 2, ...limit }) },
    );
    const error: unknown = await retry(wrapping, { attempts: 3, ...limit })
      .execute(0)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "SAGA_FAILED", cause: { message: "failure 3" } });
    expect(begun).toBe(2);
  });

  it("a fallback that serves keeps the outer retry going", async () => {
    const counted = failing();
    let attempts = 0;
    const served = sequential(
      fallback(retry(counted.step, { attempts: 2, ...limit }), [() => "served"]),
      async (text: unknown) => {
        if (++attempts < 4) throw new Error("later");
        return text;
      },
    );
    expect(await retry(served, { attempts: 4, ...limit }).execute(0)).toBe("served");
    expect(counted.calls).toBe(4);
  });
});

describe("what is counted", () => {
  it("are the calls of each item of a map", async () => {
    const calls = [0, 0, 0];
    const items = map(
      retry(
        async (item: number) => {
          if (++calls[item]! < 3) throw new Error("no");
        },
        { attempts: 3, ...limit },
      ),
    );
    await retry(items, { attempts: 2, ...limit }).execute([0, 1, 2]);
    expect(calls).toEqual([3, 3, 3]);
  });

  it("are the calls of each turn of a loop", async () => {
    let calls = 0;
    const turns = loop(
      retry(
        async (value: number) => {
          if (++calls % 2 === 1) throw new Error("no");
          return value + 1;
        },
        { attempts: 2, ...limit },
      ),
      { while: (value) => value < 5, maxIterations: 9 },
    );
    expect(await retry(turns, { attempts: 2, ...limit }).execute(0)).toBe(5);
  });

  it("are the calls of each execution, where a step executes one retry again and again", async () => {
    let calls = 0;
    const inner = retry(
      async (value: number) => {
        if (++calls % 2 === 1) throw new Error("no");
        return value;
      },
      { attempts: 2, ...limit },
    );
    const batch = async (values: readonly number[]): Promise<number[]> => {
      const done: number[] = [];
      for (const value of values) done.push(await inner.execute(value));
      return done;
    };
    const values = [1, 2, 3, 4, 5, 6, 7];
    expect(await retry(batch, { attempts: 2, ...limit }).execute(values)).toEqual(values);
  });

  it("are the calls of each execution, where they run at once", async () => {
    let calls = 0;
    const inner = retry(
      async (value: number) => {
        calls++;
        throw new Error(`no ${value}`);
      },
      { attempts: 2, ...limit },
    );
    const all = async (values: readonly number[]): Promise<unknown> =>
      Promise.allSettled(values.map((value) => inner.execute(value)));
    await retry(all, { attempts: 3, ...limit }).execute([1, 2, 3]);
    expect(calls).toBe(6);
  });

  it("are calls that succeeded too: over all attempts there are at most as many as allowed", async () => {
    let calls = 0;
    const both = sequential(
      retry(async () => void calls++, { attempts: 2, ...limit }),
      async () => {
        throw new Error("the other one");
      },
    );
    await expect(retry(both, { attempts: 4, ...limit }).execute(0)).rejects.toThrow(
      "the other one",
    );
    expect(calls).toBe(4);
  });

  it("leaves no call for another attempt: that attempt ends with the error it was made for", async () => {
    let calls = 0;
    const both = sequential(
      retry(
        async () => {
          if (++calls === 1) throw new Error("first");
        },
        { attempts: 2, ...limit },
      ),
      async () => {
        throw new Error("the other one");
      },
    );
    await expect(retry(both, { attempts: 2, ...limit }).execute(0)).rejects.toThrow(
      "the other one",
    );
    expect(calls).toBe(2);
  });

  it("are not the tries of a compensation: each time the saga fails it is undone", async () => {
    let undone = 0;
    let tries = 0;
    const trip = saga(
      {
        name: "pay",
        execute: async () => 1,
        compensate: () => {
          if (++tries % 2 === 1) throw new Error("not yet");
          undone++;
        },
        retry: { attempts: 2, backoff },
      },
      {
        name: "ship",
        execute: async () => {
          throw new Error("no");
        },
      },
    );
    const error: unknown = await retry(trip, { attempts: 3, ...limit })
      .execute(0)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ compensated: ["pay"], failed: [] });
    expect(undone).toBe(3);
  });

  it("are calls that a timeout cut short", async () => {
    let calls = 0;
    const slow = retry(
      async (_input: number, context) => {
        calls++;
        await context.sleep("work", 60);
        throw new Error("no");
      },
      { attempts: 3, ...limit },
    );
    const nested = retry(timeout(slow, { timeoutMs: 100 }), { attempts: 4, ...limit });
    const error: unknown = await virtualRuntime()
      .execute(nested, 0)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "TIMEOUT" });
    expect(calls).toBe(4);
  });
});
