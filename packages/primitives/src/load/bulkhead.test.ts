import * as fc from "fast-check";
import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { step } from "../define.ts";
import { BulkheadFullError } from "../errors.ts";
import type { Primitive } from "../primitive.ts";
import { timeout } from "../recovery/timeout.ts";
import { LossyRuntime } from "../runtime/lossy-runtime.fixture.ts";
import { scopeListeners } from "../runtime/scope-listeners.fixture.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { bulkhead, type BulkheadOptions } from "./bulkhead.ts";

let names = 0;

/** A step whose calls end when the test says so. */
function held(): {
  readonly primitive: Primitive<number, number>;
  readonly started: number[];
  readonly end: (input: number, error?: Error) => Promise<void>;
} {
  const started: number[] = [];
  const ends = new Map<number, PromiseWithResolvers<number>>();
  return {
    started,
    primitive: step(`held-${names++}`, (input: number, { signal }: WorkflowContext) => {
      started.push(input);
      const end = Promise.withResolvers<number>();
      ends.set(input, end);
      signal.addEventListener("abort", () => end.reject(signal.reason), { once: true });
      return end.promise;
    }),
    async end(input, error): Promise<void> {
      const end = ends.get(input)!;
      if (error === undefined) end.resolve(input);
      else end.reject(error);
      await turn();
    },
  };
}

function gauges(name: string): { inUse: number; queued: number } {
  const { registry } = slot();
  const labels = { primitive_name: name };
  return {
    inUse: registry.gauge("bulkhead.in_use").bind(labels).value,
    queued: registry.gauge("bulkhead.queued").bind(labels).value,
  };
}

/** How a promise has ended by now. */
function outcome(promise: Promise<unknown>): { value: unknown } {
  const seen: { value: unknown } = { value: "pending" };
  promise.then(
    (value) => (seen.value = value),
    (error: unknown) => (seen.value = error),
  );
  return seen;
}

describe("a bulkhead", () => {
  it("rejects at once what finds no place, by default", async () => {
    const { primitive, started, end } = held();
    const guarded = bulkhead(primitive, { concurrency: 2 });
    const running = [guarded.execute(1), guarded.execute(2)];
    await expect(guarded.execute(3)).rejects.toMatchObject({
      code: "BULKHEAD_FULL",
      message: `bulkhead "${primitive.name}" is full: 2 calls are under way and it has no queue`,
    });
    expect(started).toEqual([1, 2]);
    await end(1);
    await end(2);
    expect(await Promise.all(running)).toEqual([1, 2]);
  });

  it("lets those that wait in in the order in which they came", async () => {
    const { primitive, started, end } = held();
    const guarded = bulkhead(primitive, { concurrency: 1, queue: 3 });
    const running = [1, 2, 3, 4].map((input) => guarded.execute(input));
    await expect(guarded.execute(5)).rejects.toThrow("1 calls are under way and 3 wait");
    expect(gauges(primitive.name)).toEqual({ inUse: 1, queued: 3 });
    for (const input of [1, 2, 3, 4]) {
      expect(started.at(-1)).toBe(input);
      await end(input);
    }
    expect(await Promise.all(running)).toEqual([1, 2, 3, 4]);
    expect(gauges(primitive.name)).toEqual({ inUse: 0, queued: 0 });
  });

  it("gives a place that becomes free to the queue, not to who comes at that moment", async () => {
    const { primitive, started, end } = held();
    const guarded = bulkhead(primitive, { concurrency: 1, queue: 2 });
    const first = guarded.execute(1).then(() => outcome(guarded.execute(3)));
    const second = guarded.execute(2);
    await turn();
    await end(1);
    await first;
    await end(2);
    expect(started).toEqual([1, 2, 3]);
    await end(3);
    await second;
  });

  it.each([
    ["fails", (): Promise<never> => Promise.reject(new Error("no"))],
    [
      "throws at once",
      (): never => {
        throw new Error("no");
      },
    ],
  ])("takes the place back from a step that %s", async (_how, fail) => {
    const guarded = bulkhead(fail, { concurrency: 1 });
    for (let call = 0; call < 3; call++) await expect(guarded.execute(0)).rejects.toThrow("no");
  });

  it("shares its places between all places and names it has", async () => {
    const { primitive, end } = held();
    const guarded = bulkhead(primitive, { concurrency: 1 });
    const named = guarded.named(`other-${primitive.name}`);
    const running = sequential(guarded).execute(1);
    await turn();
    await expect(named.execute(2)).rejects.toBeInstanceOf(BulkheadFullError);
    expect([gauges(primitive.name).inUse, gauges(named.name).inUse]).toEqual([1, 0]);
    await end(1);
    await running;
  });

  it("is named after its step and shows its options", () => {
    const { primitive } = held();
    const guarded = bulkhead(primitive, { concurrency: 2, queue: 5 });
    expect(guarded).toMatchObject({ name: primitive.name, type: "bulkhead" });
    expect(guarded.describe().options).toEqual({ concurrency: 2, queue: 5 });
  });

  it("has its gauges before the first call, where the workflow is known", () => {
    const { primitive } = held();
    workflow("w", bulkhead(primitive, { concurrency: 1 }));
    const shown = slot()
      .registry.snapshot()
      .metrics.filter(({ series }) =>
        series.some(({ labelValues }) => labelValues[0] === primitive.name),
      )
      .map(({ name }) => name);
    expect(shown).toEqual(expect.arrayContaining(["bulkhead.in_use", "bulkhead.queued"]));
  });
});

describe("a call in the queue of a bulkhead", () => {
  it("leaves it in the turn in which it is aborted", async () => {
    const { primitive, started, end } = held();
    const guarded = bulkhead(primitive, { concurrency: 1, queue: 1 });
    const first = guarded.execute(1);
    const controller = new AbortController();
    const waiting = outcome(guarded.execute(2, { signal: controller.signal }));
    await turn();
    controller.abort("stop");
    for (let hop = 0; hop < 30 && waiting.value === "pending"; hop++) await Promise.resolve();
    expect(waiting.value).toBe("stop");
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    const third = guarded.execute(3);
    await end(1);
    await end(3);
    expect(started).toEqual([1, 3]);
    expect(await Promise.all([first, third])).toEqual([1, 3]);
  });

  it("leaves it when its time is over", async () => {
    const { primitive, started } = held();
    const runtime = virtualRuntime();
    const guarded = bulkhead(primitive, { concurrency: 1, queue: 1 });
    const controller = new AbortController();
    const first = outcome(guarded.execute(1, { runtime, signal: controller.signal }));
    const second = outcome(guarded.execute(2, { runtime, timeoutMs: 50 }));
    await runtime.advance(50);
    expect(second.value).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(gauges(primitive.name)).toEqual({ inUse: 1, queued: 0 });
    const third = outcome(timeout(guarded, { timeoutMs: 50 }).execute(3, { runtime }));
    await runtime.advance(50);
    expect(third.value).toMatchObject({ code: "TIMEOUT" });
    controller.abort("stop");
    await runtime.advance(0);
    expect([first.value, started]).toEqual(["stop", [1]]);
    expect(gauges(primitive.name)).toEqual({ inUse: 0, queued: 0 });
    expect(runtime.pendingTimers).toBe(0);
  });

  it("waits for its turn in virtual time too", async () => {
    const runtime = virtualRuntime();
    const sleepy = step(`nap-${names++}`, (_input: number, context) => context.sleep("nap", 100));
    const guarded = bulkhead(sleepy, { concurrency: 1, queue: 1 });
    const began = runtime.nowMs;
    await runtime.run(() =>
      Promise.all([guarded.execute(1, { runtime }), guarded.execute(2, { runtime })]),
    );
    expect(runtime.nowMs - began).toBe(200);
  });

  it("hands on a place that it got in the turn in which it was aborted", async () => {
    const { primitive, started, end } = held();
    const guarded = bulkhead(primitive, { concurrency: 1, queue: 1 });
    const controller = new AbortController();
    const first = guarded.execute(1);
    const second = outcome(guarded.execute(2, { signal: controller.signal }));
    await turn();
    const ended = end(1);
    // The place changes hands in a microtask of this turn; the abort comes before the step could start.
    for (let hop = 0; hop < 40 && gauges(primitive.name).queued === 1; hop++)
      await Promise.resolve();
    controller.abort("stop");
    await ended;
    await first;
    expect(second.value).toBe("stop");
    expect(started).toEqual([1]);
    expect(gauges(primitive.name)).toEqual({ inUse: 0, queued: 0 });
  });
});

describe("a place in a bulkhead", () => {
  it("stays taken by a step that a timeout left behind, until it really ends", async () => {
    const runtime = virtualRuntime();
    const gate = Promise.withResolvers<string>();
    const guarded = bulkhead(() => gate.promise, { concurrency: 1 });
    const limited = timeout(guarded, { timeoutMs: 10 });
    await expect(runtime.execute(limited, 0)).rejects.toMatchObject({ code: "TIMEOUT" });
    await expect(runtime.execute(guarded, 0)).rejects.toBeInstanceOf(BulkheadFullError);
    gate.resolve("late");
    await turn();
    expect(await runtime.execute(guarded, 0)).toBe("late");
  });

  it("stays taken by a step that a deaf run left behind, until it really ends", async () => {
    const runtime = virtualRuntime();
    const gate = Promise.withResolvers<string>();
    const guarded = bulkhead(() => gate.promise, { concurrency: 1 });
    await expect(runtime.execute(guarded, 0, { timeoutMs: 10 })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    await expect(runtime.execute(guarded, 0)).rejects.toBeInstanceOf(BulkheadFullError);
    gate.resolve("late");
    await turn();
    expect(await runtime.execute(guarded, 0)).toBe("late");
  });

  it("is free when a timeout inside has rejected", async () => {
    const runtime = virtualRuntime();
    const deaf = (): Promise<never> => new Promise(() => undefined);
    const guarded = bulkhead(timeout(deaf, { timeoutMs: 10 }), { concurrency: 1 });
    for (let call = 0; call < 3; call++)
      await expect(runtime.execute(guarded, 0)).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("belongs to a stream until it is over", async () => {
    const guarded = bulkhead(
      async function* words(_input: number) {
        yield "one";
        yield "two";
      },
      { concurrency: 1 },
    ) as Primitive<number, AsyncIterable<string>>;
    for (let call = 0; call < 2; call++) {
      const stream = await guarded.execute(0);
      await expect(guarded.execute(0)).rejects.toBeInstanceOf(BulkheadFullError);
      for await (const word of stream) if (call === 1 && word === "one") break;
    }
    expect(await guarded.execute(0)).toBeDefined();
  });
});

describe("what a bulkhead leaves behind", () => {
  it("is no listener, however its calls end", async () => {
    const listeners = scopeListeners();
    const { primitive, end } = held();
    const guarded = bulkhead(primitive, { concurrency: 1, queue: 2 });
    const controllers = [1, 2, 3].map(() => new AbortController());
    const all = controllers.map(({ signal }, index) =>
      guarded.execute(index, { signal }).catch(() => undefined),
    );
    await turn();
    controllers[1]!.abort("stop");
    await end(0);
    await end(2);
    await Promise.all(all);
    expect(listeners.left).toBe(0);
    listeners.stop();
    const lossy = new LossyRuntime();
    expect(await bulkhead(() => "done", { concurrency: 1 }).execute(0, { runtime: lossy })).toBe(
      "done",
    );
    expect(getEventListeners(lossy.ended, "abort")).toHaveLength(0);
  });
});

describe("wrong options of a bulkhead", () => {
  it.each([
    [{ concurrency: 0 }, RangeError, "bulkhead({ concurrency })"],
    [{} as BulkheadOptions, TypeError, "bulkhead({ concurrency })"],
    [{ concurrency: 1, queue: -1 }, RangeError, "bulkhead({ queue })"],
    [{ concurrency: 1, queue: 0.5 }, RangeError, "bulkhead({ queue })"],
    [undefined as never, TypeError, "bulkhead(step, options)"],
  ])("are named: %j", (options, type, name) => {
    expect(() => bulkhead(() => 0, options)).toThrow(type);
    expect(() => bulkhead(() => 0, options)).toThrow(name);
  });
});

type Ending = "success" | "failure" | "throw" | "abort" | "timeout" | "deaf";

describe("whatever happens to its calls", () => {
  const call = fc.record({
    afterMs: fc.integer({ min: 0, max: 15 }),
    takesMs: fc.integer({ min: 0, max: 20 }),
    ending: fc.constantFrom<Ending>("success", "failure", "throw", "abort", "timeout", "deaf"),
    abortAfterMs: fc.integer({ min: 0, max: 25 }),
  });

  it("never more than its concurrency run, in order, and every place comes back", async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(call, { minLength: 1, maxLength: 25, size: "max" }),
      async (concurrency, queue, given) => {
        const runtime = virtualRuntime();
        const started: number[] = [];
        let running = 0;
        let most = 0;
        const body = step(`any-${names++}`, async (index: number, context: WorkflowContext) => {
          const { ending, takesMs } = given[index]!;
          started.push(index);
          most = Math.max(most, ++running);
          try {
            if (ending === "throw") throw new Error("throw");
            if (ending === "deaf") await realNap(context, takesMs);
            else await context.sleep("work", takesMs);
            if (ending === "failure") throw new Error("failure");
            return index;
          } finally {
            running--;
          }
        });
        const guarded = bulkhead(body, { concurrency, queue });
        let atMs = 0;
        await runtime.run(async () => {
          const all = given.map(async ({ afterMs, ending, abortAfterMs }, index) => {
            await nap(runtime, (atMs += afterMs));
            const init =
              ending === "timeout"
                ? { timeoutMs: 1 + abortAfterMs }
                : ending === "abort"
                  ? { signal: abortAfter(runtime, abortAfterMs) }
                  : {};
            const primitive =
              ending === "deaf" ? timeout(guarded, { timeoutMs: 1 + abortAfterMs }) : guarded;
            await primitive.execute(index, { runtime, ...init }).catch(() => undefined);
          });
          await Promise.all(all);
          await nap(runtime, 1_000);
        });
        expect(most).toBeLessThanOrEqual(concurrency);
        expect(started).toEqual(started.toSorted((a, b) => a - b));
        expect(gauges(body.name)).toEqual({ inUse: 0, queued: 0 });
        expect(running).toBe(0);
        given.splice(0, given.length, ...Array.from({ length: concurrency }, () => SLOW));
        const again = await runtime.run(() =>
          Promise.all(given.map((_one, index) => guarded.execute(index, { runtime }))),
        );
        expect(again).toHaveLength(concurrency);
        expect(most).toBe(concurrency);
        expect(runtime.pendingTimers).toBe(0);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});

const SLOW = { afterMs: 0, takesMs: 10, ending: "success", abortAfterMs: 0 } as const;
const sleeper = workflow("nap", (ms: number, context) => context.sleep("nap", ms));
type Virtual = ReturnType<typeof virtualRuntime>;

function nap(runtime: Virtual, ms: number): Promise<void> {
  return sleeper.execute(ms, { runtime });
}

/** Sleeps on, whatever becomes of the run. */
function realNap({ runtime }: WorkflowContext, ms: number): Promise<void> {
  return new Promise((resolve) => {
    (runtime as unknown as { startTimer(ms: number, fire: () => void): void }).startTimer(
      ms,
      resolve,
    );
  });
}

function abortAfter(runtime: Virtual, ms: number): AbortSignal {
  const controller = new AbortController();
  void nap(runtime, ms).then(() => controller.abort("stop"));
  return controller.signal;
}
