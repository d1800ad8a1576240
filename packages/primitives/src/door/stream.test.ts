import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { map } from "../composition/map.ts";
import { parallel } from "../composition/parallel.ts";
import { race } from "../composition/race.ts";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { currentContext } from "../create-context.ts";
import { definePrimitive } from "../define.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import type { Primitive } from "../primitive.ts";
import { fallback } from "../recovery/fallback.ts";
import { retry } from "../recovery/retry.ts";
import { timeout } from "../recovery/timeout.ts";
import { slot } from "../slot.ts";
import type { ExecutionStatus } from "./status.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

/** Executions that have ended, by primitive name and status. */
function ended(): Record<string, number> {
  const metric = registry
    .snapshot()
    .metrics.find(({ name }) => name === "primitive.execution.count");
  const counts: Record<string, number> = {};
  // An unnamed step of a workflow has the workflow's name.
  for (const series of metric?.series ?? []) {
    const [name, , , , status] = series.labelValues as [
      string,
      string,
      string,
      string,
      ExecutionStatus,
    ];
    const { value } = series as { readonly value: number };
    if (value > 0) counts[`${name} ${status}`] = (counts[`${name} ${status}`] ?? 0) + value;
  }
  return counts;
}

function active(): number {
  const metric = registry
    .snapshot()
    .metrics.find(({ name }) => name === "primitive.execution.active");
  return (metric?.series ?? []).reduce(
    (sum, series) => sum + (series as { value: number }).value,
    0,
  );
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

async function* count(to: number): AsyncGenerator<number, string, string | undefined> {
  for (let value = 1; value <= to; value++) yield value;
  return "end";
}

const counting = definePrimitive({ type: "count", name: "count", run: (to: number) => count(to) });

/** As a client makes it: an iterable with methods and private state. */
class ChunkStream implements AsyncIterable<string> {
  readonly #chunks: readonly string[];
  readonly controller = new AbortController();
  constructor(chunks: readonly string[]) {
    this.#chunks = chunks;
  }
  text(): string {
    return this.#chunks.join("");
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    yield* this.#chunks;
  }
}

describe("a step that returns a stream", () => {
  it("hands over the very object, whatever is around the step", async () => {
    const stream = new ChunkStream(["a", "b"]);
    const result = await workflow(
      "w",
      sequential(
        retry(
          timeout(() => stream, { timeoutMs: 1_000 }),
          { attempts: 2 },
        ),
      ),
    ).execute(0);
    expect(result).toBe(stream);
    expect(result).toBeInstanceOf(ChunkStream);
    expect(result.text()).toBe("ab");
    expect(result.controller.signal.aborted).toBe(false);
    expect(await collect(result)).toEqual(["a", "b"]);
  });

  it("keeps a generator a generator, with next, return and throw", async () => {
    const generator = await counting.execute(3);
    expect(Object.prototype.toString.call(generator)).toBe("[object AsyncGenerator]");
    expect(await generator.next()).toEqual({ done: false, value: 1 });
    expect(generator[Symbol.asyncIterator]()).toBeDefined();
    expect(await generator.return("stopped")).toEqual({ done: true, value: "stopped" });
    expect(await generator.next()).toEqual({ done: true, value: undefined });
    expect(ended()).toEqual({ "count success": 1 });
  });

  it("adds no enumerable key to it", async () => {
    const stream = await workflow("w", () => new ChunkStream(["a"])).execute(0);
    expect(Object.keys(stream)).toEqual(["controller"]);
  });

  it("passes values into a generator, and what it returns out of it", async () => {
    async function* echo(): AsyncGenerator<string, string, string> {
      const first = yield "ready";
      const second = yield `got ${first}`;
      return `end ${second}`;
    }
    const generator = await workflow("w", echo).execute(0);
    expect(await generator.next("ignored")).toEqual({ done: false, value: "ready" });
    expect(await generator.next("a")).toEqual({ done: false, value: "got a" });
    expect(await generator.next("b")).toEqual({ done: true, value: "end b" });
    expect(ended()).toEqual({ "echo success": 1, "w success": 1 });
  });

  it("keeps a ReadableStream one", async () => {
    const stream = await workflow("w", () => ReadableStream.from(["a", "b"])).execute(0);
    expect(stream).toBeInstanceOf(ReadableStream);
    expect(await collect(stream)).toEqual(["a", "b"]);
    expect(active()).toBe(0);
  });

  it("gives a plain iterable instead of an object that cannot be changed", async () => {
    const frozen = Object.freeze(new ChunkStream(["a", "b"]));
    const stream = await workflow("w", () => frozen).execute(0);
    expect(await collect(stream)).toEqual(["a", "b"]);
    expect(ended()).toEqual({ "w success": 2 });
    expect(active()).toBe(0);
  });
});

describe("its execution ends", () => {
  const cases: readonly (readonly [
    string,
    ExecutionStatus,
    (stream: AsyncGenerator<number>) => Promise<unknown>,
  ])[] = [
    ["when the consumer has read it to its end", "success", (stream) => collect(stream)],
    [
      "when the consumer breaks off",
      "success",
      async (stream) => {
        for await (const value of stream) if (value === 2) break;
      },
    ],
    [
      "when the consumer throws",
      "success",
      async (stream) => {
        for await (const value of stream) if (value === 2) throw new Error("consumer");
      },
    ],
    ["when the consumer calls return", "success", (stream) => stream.return("x")],
    ["when the consumer calls throw", "error", (stream) => stream.throw(new Error("consumer"))],
    [
      "when the consumer disposes of it",
      "success",
      async (stream) => {
        await using held = stream;
        await held.next();
      },
    ],
  ];

  it.each(cases)("%s, exactly once", async (_when, status, consume) => {
    const stream = await workflow("w", sequential(counting)).execute(5);
    expect(ended()).toEqual({});
    expect(active()).toBe(3);
    await consume(stream).catch(() => undefined);
    expect(ended()).toEqual({ [`count ${status}`]: 1, [`w ${status}`]: 2 });
    expect(active()).toBe(0);
    await stream.next().catch(() => undefined);
    await stream.return("again").catch(() => undefined);
    expect(ended()).toEqual({ [`count ${status}`]: 1, [`w ${status}`]: 2 });
  });

  it("when the stream fails, with its error", async () => {
    const error = new Error("connection lost");
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw error;
    }
    const stream = await workflow("w", failing).execute(0);
    await expect(collect(stream)).rejects.toBe(error);
    expect(ended()).toEqual({ "failing error": 1, "w error": 1 });
    expect(active()).toBe(0);
  });

  it("when it cannot even be opened", async () => {
    const stream = {
      [Symbol.asyncIterator](): AsyncIterator<number> {
        throw new Error("read already");
      },
    };
    const result = await workflow("w", () => stream)
      .named("w")
      .execute(0);
    await expect(collect(result)).rejects.toThrow("read already");
    expect(ended()).toMatchObject({ "w error": 2 });
    expect(active()).toBe(0);
  });

  it("when it has no return of its own and the consumer breaks off", async () => {
    let value = 0;
    const endless: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: value++ }) }),
    };
    for await (const number of await workflow("w", () => endless).execute(0))
      if (number === 3) break;
    expect(ended()).toMatchObject({ "w success": 2 });
    expect(active()).toBe(0);
  });

  it("when the consumer breaks off, although the stream has more to say", async () => {
    async function* talkative(): AsyncGenerator<number> {
      try {
        yield 1;
      } finally {
        yield 2;
      }
    }
    for await (const value of await workflow("w", talkative).execute(0)) if (value === 1) break;
    expect([ended(), active()]).toEqual([{ "talkative success": 1, "w success": 1 }, 0]);
  });

  it("as long after the step as the consumer takes", async () => {
    const stream = await workflow("w", counting).execute(2);
    await stream.next();
    await turn();
    expect([ended(), active()]).toEqual([{}, 2]);
    await collect(stream);
    expect([ended(), active()]).toEqual([{ "count success": 1, "w success": 1 }, 0]);
  });

  it("when a reader has read a ReadableStream to its end", async () => {
    const stream = await workflow("w", () => ReadableStream.from(["a"])).execute(0);
    const reader = stream.getReader();
    while (!(await reader.read()).done);
    await turn();
    expect(active()).toBe(0);
    expect(ended()).toMatchObject({ "w success": 2 });
  });

  it("when a reader cancels a ReadableStream, or it fails under a reader", async () => {
    const cancelled = await workflow("w", () => ReadableStream.from(["a", "b"])).execute(0);
    await cancelled.getReader().cancel("enough");
    const failing = await workflow(
      "w",
      () =>
        new ReadableStream<string>({
          pull(controller) {
            controller.error(new Error("lost"));
          },
        }),
    ).execute(0);
    await expect(failing.getReader().read()).rejects.toThrow("lost");
    await turn();
    expect(active()).toBe(0);
    expect(ended()).toMatchObject({ "w success": 2, "w error": 2 });
  });

  it("not when a reader lets go of a ReadableStream that the next one reads on", async () => {
    const stream = await workflow("w", () => ReadableStream.from(["a", "b"])).execute(0);
    const first = stream.getReader();
    await first.read();
    first.releaseLock();
    await turn();
    expect(ended()).toEqual({});
    expect(await collect(stream)).toEqual(["b"]);
    expect(active()).toBe(0);
  });
});

describe("when the run is aborted", () => {
  /** Yields until it is told to stop. */
  async function* ticking(_input: unknown, { signal }: WorkflowContext): AsyncGenerator<number> {
    for (let tick = 0; !signal.aborted; tick++) {
      yield tick;
      await turn();
    }
    throw signal.reason;
  }

  const around: readonly (readonly [
    string,
    (inner: typeof ticking) => Primitive<number, AsyncGenerator<number>>,
  ])[] = [
    ["itself", (inner) => workflow("w", inner)],
    ["in a sequence", (inner) => workflow("w", sequential(inner))],
    ["in a retry", (inner) => workflow("w", retry(inner, { attempts: 2 }))],
    ["in a timeout", (inner) => workflow("w", timeout(inner, { timeoutMs: 60_000 }))],
    ["in a race", (inner) => workflow("w", race({ inner }))],
    [
      "in a timeout in a retry",
      (inner) => workflow("w", retry(timeout(inner, { timeoutMs: 60_000 }), { attempts: 2 })),
    ],
  ];

  it.each(around)(
    "a stream %s ends as cancelled, once, and its signal is aborted",
    async (_name, build) => {
      const controller = new AbortController();
      const stream = await build(ticking).execute(0, { signal: controller.signal });
      await stream.next();
      controller.abort("stop");
      await turn();
      expect(active()).toBe(0);
      const before = ended();
      expect(Object.keys(before).every((key) => key.endsWith("cancelled"))).toBe(true);
      await expect(collect(stream)).rejects.toBe("stop");
      expect(ended()).toEqual(before);
    },
  );

  it("a stream that was read to its end before has ended well", async () => {
    const controller = new AbortController();
    const stream = await workflow("w", timeout(counting, { timeoutMs: 60_000 })).execute(2, {
      signal: controller.signal,
    });
    await collect(stream);
    controller.abort("stop");
    expect(Object.keys(ended()).every((key) => key.endsWith("success"))).toBe(true);
  });

  it("a deadline ends a stream too", async () => {
    const stream = await workflow("w", timeout(ticking, { timeoutMs: 60_000 })).execute(0, {
      timeoutMs: 10,
    });
    await expect(collect(stream)).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(Object.keys(ended()).every((key) => key.endsWith("timeout"))).toBe(true);
    expect(active()).toBe(0);
  });
});

describe("a stream that nobody will ever read", () => {
  const opened = definePrimitive({ type: "open", name: "open", run: () => count(5) });

  it("because another branch failed has ended as cancelled", async () => {
    const both = parallel({
      stream: opened,
      bad: async () => {
        await turn();
        throw new Error("no");
      },
    });
    await expect(both.execute(0)).rejects.toThrow("no");
    expect(ended()).toMatchObject({ "open cancelled": 1 });
    expect(active()).toBe(0);
  });

  it("because another item failed has ended as cancelled", async () => {
    const items = map(async (item: number) => {
      if (item === 0) return opened.execute(0);
      await turn();
      throw new Error("no");
    });
    await expect(items.execute([0, 1])).rejects.toThrow("no");
    expect(ended()).toMatchObject({ "open cancelled": 1 });
    expect(active()).toBe(0);
  });

  it("because it lost a race has ended as cancelled", async () => {
    const winner = await race({ a: opened, b: () => count(1) }).execute(0);
    const other = await race({ a: () => count(1), b: opened.named("loser") }).execute(0);
    expect(ended()).toMatchObject({ "loser cancelled": 1 });
    await collect(winner);
    await collect(other);
    expect(active()).toBe(0);
  });
});

describe("a stream of parallel branches", () => {
  it("is open until each is consumed", async () => {
    const { a, b } = await workflow(
      "w",
      parallel({ a: counting.named("a"), b: counting.named("b") }),
    ).execute(2);
    expect(ended()).toMatchObject({ "w success": 2 });
    await collect(b);
    expect(ended()).toMatchObject({ "b success": 1 });
    await collect(a);
    expect(ended()).toMatchObject({ "a success": 1 });
    expect(active()).toBe(0);
  });
});

describe("the context of a stream", () => {
  async function* ids(): AsyncGenerator<string | undefined> {
    yield currentContext()?.workflowId;
    await turn();
    yield currentContext()?.workflowId;
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield currentContext()?.workflowId;
  }

  it("is that of the step, however far away it is consumed", async () => {
    const stream = await workflow("w", sequential(ids)).execute(0, { workflowId: "of the stream" });
    expect(currentContext()).toBeUndefined();
    const consumer = workflow("consumer", async () => {
      const seen = await collect(stream);
      return [...seen, currentContext()?.workflowId];
    });
    expect(await consumer.execute(0, { workflowId: "of the consumer" })).toEqual([
      "of the stream",
      "of the stream",
      "of the stream",
      "of the consumer",
    ]);
  });

  it("holds where the stream is cleaned up", async () => {
    const seen: unknown[] = [];
    async function* careful(): AsyncGenerator<number> {
      try {
        yield 1;
      } finally {
        seen.push(currentContext()?.path);
      }
    }
    for await (const value of await workflow("w", careful).execute(0)) if (value === 1) break;
    expect(seen).toEqual(["w/careful"]);
  });

  it("has what the stream executes be part of its run", async () => {
    const inner = definePrimitive({
      type: "inner",
      run: (_input: number, { workflowId, path }) => [workflowId, path],
    });
    async function* streaming(): AsyncGenerator {
      yield await inner.execute(1);
    }
    const stream = await workflow("w", streaming).execute(0, { workflowId: "run-1" });
    expect(await collect(stream)).toEqual([["run-1", "w/streaming/inner"]]);
  });
});

describe("a stream is a result like any other", () => {
  it("to the next step, which may read it", async () => {
    const sum = sequential(counting, async (stream: AsyncIterable<number>) => {
      let total = 0;
      for await (const value of stream) total += value;
      return total;
    });
    expect(await sum.execute(4)).toBe(10);
    expect(active()).toBe(0);
  });

  it("to the next step, which may make another of it", async () => {
    async function* doubled(stream: AsyncIterable<number>): AsyncGenerator<number> {
      for await (const value of stream) yield value * 2;
    }
    const stream = await sequential(counting, doubled).execute(3);
    expect(await collect(stream)).toEqual([2, 4, 6]);
    expect(active()).toBe(0);
  });

  it("to a retry, which has succeeded when it is there", async () => {
    let calls = 0;
    const flaky = retry(
      () => {
        if (calls++ === 0) throw new Error("no");
        return count(1);
      },
      { attempts: 3, backoff: { kind: "constant", delayMs: 0 } },
    );
    expect(await collect(await flaky.execute(0))).toEqual([1]);
    expect(calls).toBe(2);
  });

  it("to a fallback, whose alternative may return one", async () => {
    const guarded = fallback((): AsyncGenerator<number> => {
      throw new Error("no");
    }, [() => count(2)]);
    expect(await collect(await guarded.execute(0))).toEqual([1, 2]);
    expect(active()).toBe(0);
  });
});
