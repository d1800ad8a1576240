import * as fc from "fast-check";
import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { definePrimitive } from "../define.ts";
import { SagaError } from "../errors.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import type { Primitive } from "../primitive.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { saga, type SagaStep } from "./saga.ts";
import { timeout } from "./timeout.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

const names = ["one", "two", "three", "four", "five"] as const;
type Name = (typeof names)[number];
type NumberStep = SagaStep<number, number>;

/** Five steps that add one each; `with` says what differs. */
function five(
  log: string[],
  differing: Partial<Record<Name, Partial<NumberStep>>>,
): Primitive<number, number> {
  const [one, two, three, four, fifth] = names.map((name): NumberStep => ({
    name,
    execute: async (value: number) => {
      log.push(name);
      return value + 1;
    },
    compensate: async ({ input, output }) => {
      log.push(`undo ${name} ${input}->${output}`);
    },
    ...differing[name],
  }));
  return saga(one!, two, three, four, fifth);
}

const failing = async (): Promise<never> => {
  throw new Error("no");
};

const failureOf = (run: Promise<unknown>): Promise<SagaError> =>
  run.then(
    () => {
      throw new Error("expected a failure");
    },
    (error: unknown) => error as SagaError,
  );

describe("a saga", () => {
  it("gives each step the output of the one before, and resolves with the last", async () => {
    const log: string[] = [];
    expect(await five(log, {}).execute(10)).toBe(15);
    expect(log).toEqual(["one", "two", "three", "four", "five"]);
  });

  it("of five whose fourth fails compensates three, two, one in that order, once each", async () => {
    const log: string[] = [];
    const error = await failureOf(five(log, { four: { execute: failing } }).execute(0));
    expect(log).toEqual([
      "one",
      "two",
      "three",
      "undo three 2->3",
      "undo two 1->2",
      "undo one 0->1",
    ]);
    expect(error).toBeInstanceOf(SagaError);
    expect(error).toMatchObject({
      name: "SagaError",
      code: "SAGA_FAILED",
      message: 'saga "saga" failed in step "four"; compensated three, two, one',
      compensated: ["three", "two", "one"],
      failed: [],
      skipped: [],
      errors: [],
      cause: new Error("no"),
    });
  });

  it("goes on compensating when a compensation fails, and says which did", async () => {
    const log: string[] = [];
    const broken = new Error("cannot undo two");
    const error = await failureOf(
      five(log, {
        two: { compensate: () => Promise.reject(broken) },
        four: { execute: failing },
      }).execute(0),
    );
    expect(log).toEqual(["one", "two", "three", "undo three 2->3", "undo one 0->1"]);
    expect(error).toMatchObject({
      message:
        'saga "saga" failed in step "four"; compensated three, one; could not compensate two',
      compensated: ["three", "one"],
      failed: ["two"],
      skipped: [],
    });
    expect(error.errors).toEqual([broken]);
    expect(error.errors[0]).toBe(broken);
  });

  it("skips steps that have no compensation, and says so", async () => {
    const log: string[] = [];
    const bare = { name: "two", execute: async (value: number) => value + 1 };
    const error = await failureOf(
      saga(
        { name: "one", execute: async (value: number) => value, compensate: () => log.push("one") },
        bare,
        { name: "three", execute: failing },
      ).execute(0),
    );
    expect(error).toMatchObject({ compensated: ["one"], skipped: ["two"], failed: [] });
  });

  it("whose first step fails has nothing to compensate", async () => {
    const log: string[] = [];
    const error = await failureOf(five(log, { one: { execute: failing } }).execute(0));
    expect(log).toEqual([]);
    expect(error).toMatchObject({
      message: 'saga "saga" failed in step "one"; nothing was compensated',
      compensated: [],
    });
  });

  it("gives a compensation the step's input, its output and what made the saga fail", async () => {
    const given: unknown[] = [];
    const cause = new Error("no");
    await failureOf(
      saga(
        {
          name: "book",
          execute: async (trip: string) => ({ trip, flight: "XY1" }),
          compensate: (what, context) => given.push(what, context.correlationId),
        },
        { name: "pay", execute: () => Promise.reject(cause) },
      ).execute("Rome", { correlationId: "c" }),
    );
    expect(given).toEqual([
      { input: "Rome", output: { trip: "Rome", flight: "XY1" }, error: cause },
      "c",
    ]);
    expect((given[0] as { error: unknown }).error).toBe(cause);
  });

  it("takes primitives as steps and as compensations", async () => {
    const undone: unknown[] = [];
    const undo = definePrimitive({
      type: "undo",
      run: (given: { readonly output: string | undefined }) => undone.push(given.output),
    });
    const steps = sequential(
      async (text: string) => `${text}!`,
      async (text) => `${text}?`,
    );
    await failureOf(
      saga(
        { name: "a", execute: steps, compensate: undo },
        { name: "b", execute: failing },
      ).execute("x"),
    );
    expect(undone).toEqual(["x!?"]);
  });

  it("compensates exactly the steps before the one that failed, latest first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 4 }),
        fc.subarray([...names]),
        async (failed, withoutUndo) => {
          const log: string[] = [];
          const differing: Partial<Record<Name, Partial<NumberStep>>> = {};
          for (const name of withoutUndo) differing[name] = { compensate: undefined as never };
          const at = names[failed]!;
          const error = await failureOf(
            five(log, { ...differing, [at]: { ...differing[at], execute: failing } }).execute(0),
          );
          const before = names.slice(0, failed).toReversed();
          expect(error.compensated).toEqual(before.filter((name) => !withoutUndo.includes(name)));
          expect(error.skipped).toEqual(before.filter((name) => withoutUndo.includes(name)));
          expect(log.filter((line) => line.startsWith("undo"))).toHaveLength(
            error.compensated.length,
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("a compensation", () => {
  it("is tried as often as its retry says", async () => {
    let tries = 0;
    const error = await failureOf(
      saga(
        {
          name: "one",
          execute: async () => 1,
          compensate: async () => {
            if (++tries < 3) throw new Error("not yet");
          },
          retry: { attempts: 3, backoff: { kind: "constant", delayMs: 0 } },
        },
        { name: "two", execute: failing },
      ).execute(0),
    );
    expect(tries).toBe(3);
    expect(error.compensated).toEqual(["one"]);
  });

  it("is tried once without a retry", async () => {
    let tries = 0;
    const error = await failureOf(
      saga(
        {
          name: "one",
          execute: async () => 1,
          compensate: async () => {
            tries++;
            throw new Error("never");
          },
        },
        { name: "two", execute: failing },
      ).execute(0),
    );
    expect(tries).toBe(1);
    expect(error.failed).toEqual(["one"]);
  });

  it("is shielded from a caller's abort, and the run waits for it", async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const run = five(log, {
      two: {
        compensate: async (_given, { signal }) => {
          await turn();
          log.push(`undo two, aborted: ${signal.aborted}`);
        },
      },
      three: {
        execute: async (_value: number, { signal }: WorkflowContext) => {
          controller.abort("stop");
          throw signal.reason;
        },
      },
    }).execute(0, { signal: controller.signal });
    await expect(run).rejects.toBe("stop");
    expect(log).toEqual([
      "one",
      "two",
      "undo three 2->undefined",
      "undo two, aborted: false",
      "undo one 0->1",
    ]);
  });

  it("that is under way when the caller aborts goes on, and so do those after it", async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const run = five(log, {
      three: {
        compensate: async () => {
          controller.abort("stop");
          await turn();
          log.push("undo three");
        },
      },
      four: { execute: failing },
    }).execute(0, { signal: controller.signal });
    await expect(run).rejects.toBe("stop");
    expect(log.slice(3)).toEqual(["undo three", "undo two 1->2", "undo one 0->1"]);
  });

  it("runs past the deadline of the run", async () => {
    const log: string[] = [];
    const run = virtualRuntime().execute(
      workflow(
        "w",
        saga(
          {
            name: "one",
            execute: async () => 1,
            compensate: async (_given, context) => {
              await context.sleep("undo", 5_000);
              log.push(`undone, deadline ${String(context.deadlineMs)}`);
            },
          },
          {
            name: "two",
            execute: async (_value: number, context) => {
              await context.sleep("work", 1_000);
            },
          },
        ),
      ),
      0,
      { timeoutMs: 100 },
    );
    await expect(run).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(log).toEqual(["undone, deadline undefined"]);
  });
});

describe("a step whose outcome is unknown is compensated too", () => {
  it("with output undefined when it timed out", async () => {
    const log: string[] = [];
    const slow = timeout(
      async (_value: number, context) => {
        await context.sleep("work", 5_000);
        return 0;
      },
      { timeoutMs: 10 },
    );
    const error = await failureOf(
      virtualRuntime().execute(five(log, { two: { execute: slow } }), 0),
    );
    expect(log).toEqual(["one", "undo two 1->undefined", "undo one 0->1"]);
    expect(error).toMatchObject({ compensated: ["two", "one"], cause: { code: "TIMEOUT" } });
  });

  it("with output undefined when it was aborted", async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const run = five(log, {
      two: {
        execute: async () => {
          controller.abort("stop");
          return 5;
        },
      },
    }).execute(0, { signal: controller.signal });
    await expect(run).rejects.toBe("stop");
    expect(log).toEqual(["one", "undo two 1->undefined", "undo one 0->1"]);
  });

  it("but not when it threw", async () => {
    const log: string[] = [];
    await failureOf(five(log, { two: { execute: failing } }).execute(0));
    expect(log).toEqual(["one", "undo one 0->1"]);
  });

  it("but not when it never began, because the time was up before", async () => {
    const log: string[] = [];
    const busy = (value: number): number => {
      const until = performance.now() + 8;
      while (performance.now() < until);
      log.push("one");
      return value + 1;
    };
    const run = workflow("w", five(log, { one: { execute: busy } })).execute(0, { timeoutMs: 4 });
    await expect(run).rejects.toMatchObject({
      code: "SAGA_FAILED",
      compensated: ["one"],
      cause: { code: "DEADLINE_EXCEEDED" },
    });
    expect(log).toEqual(["one", "undo one 0->1"]);
  });
});

describe("telemetry", () => {
  const counted = (name: string, step: string, outcome: "compensated" | "failed" | "skipped") =>
    registry.counter("saga.compensations").bind({ primitive_name: name, step, outcome }).value;

  it("counts compensations by step and outcome", async () => {
    const trip = saga(
      { name: "a", execute: async () => 1, compensate: () => undefined },
      { name: "b", execute: async () => 1, compensate: failing },
      { name: "c", execute: async () => 1 },
      { name: "d", execute: failing, compensate: () => undefined },
    ).named("counted");
    await failureOf(trip.execute(0));
    expect([
      counted("counted", "a", "compensated"),
      counted("counted", "b", "failed"),
      counted("counted", "c", "skipped"),
      counted("counted", "d", "compensated"),
    ]).toEqual([1, 1, 1, 0]);
  });

  it("has a series of each step and outcome that can come, from the moment the workflow is built", () => {
    workflow(
      "built",
      saga(
        { name: "a", execute: async () => 1, compensate: () => undefined },
        { name: "b", execute: async () => 1 },
      ).named("unborn"),
    );
    const metric = registry.snapshot().metrics.find(({ name }) => name === "saga.compensations");
    expect(metric?.series.map(({ labelValues }) => labelValues)).toEqual([
      ["unborn", "a", "compensated"],
      ["unborn", "a", "failed"],
      ["unborn", "b", "skipped"],
    ]);
  });
});

describe("a mistake in how a saga is used", () => {
  it("is a failure like any other: the steps before it are undone", async () => {
    const undone: string[] = [];
    const both = definePrimitive({
      type: "both",
      children: { a: async () => 1, b: async () => 2 },
      run: (_value: number, context) =>
        Promise.all([context.call("a", 0), context.call("b", 0)]).then(() => 0),
    });
    const run = saga(
      {
        name: "one",
        execute: async (value: number) => value,
        compensate: () => undone.push("one"),
      },
      { name: "two", execute: both },
    ).execute(0);
    await expect(run).rejects.toMatchObject({
      compensated: ["one"],
      cause: { code: "CONCURRENT_CALL" },
    });
    expect(undone).toEqual(["one"]);
  });

  it.each<[unknown, string]>([
    [null, "saga(): step 0: expected { name, execute, compensate? }, got null"],
    [
      () => 1,
      "saga(): step 0: expected { name, execute, compensate? }, got a value of type function",
    ],
    [
      { execute: () => 1 },
      "saga(): step 0: name: expected a non-empty string of at most 200 characters, got undefined",
    ],
    [{ name: "a" }, 'saga(): step "a": execute: expected a primitive or a function, got undefined'],
    [
      { name: "a", execute: () => 1, compensate: 5 },
      'saga(): step "a": compensate: expected a function, got 5',
    ],
    [
      { name: "a", execute: () => 1, compensate: {} },
      'saga(): step "a": compensate: expected a primitive or a function, got object',
    ],
    [
      { name: "a", execute: () => 1, compensate: () => 1, retry: { attempts: 0 } },
      "retry({ attempts }): expected a whole number of at least 1, got 0",
    ],
  ])("is refused by name: %j", (step, message) => {
    expect(() => saga(step as SagaStep<number, number>)).toThrow(message);
  });

  it("is to have no step", () => {
    expect(() => (saga as () => unknown)()).toThrow("saga(): expected at least one step, got none");
  });
});
