import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  currentContext,
  fallback,
  parallel,
  race,
  retry,
  sequential,
  step,
  timeout,
  workflow,
  type Primitive,
  type WorkflowContext,
} from "@tta-dev/primitives";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { drawTree, tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();

async function* count(to: number): AsyncGenerator<number> {
  for (let value = 1; value <= to; value++) {
    yield value;
    await turn();
  }
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

/** As a client makes it: an iterable with methods and private state. */
class ChunkStream implements AsyncIterable<number> {
  readonly #to: number;
  constructor(to: number) {
    this.#to = to;
  }
  total(): number {
    return this.#to;
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    yield* count(this.#to);
  }
}

type Streaming = (to: number, context: WorkflowContext) => AsyncIterable<number>;
type Consume = (stream: AsyncIterable<number>) => Promise<unknown>;

const kinds: readonly (readonly [string, Streaming])[] = [
  ["an async generator", (to) => count(to)],
  ["a client's stream", (to) => new ChunkStream(to)],
  ["a ReadableStream", (to) => ReadableStream.from(count(to))],
  ["a frozen stream", (to) => Object.freeze(new ChunkStream(to))],
];

const endings: readonly (readonly [string, Consume])[] = [
  ["reads it to its end", collect],
  [
    "breaks off",
    async (stream) => {
      for await (const value of stream) if (value === 2) break;
    },
  ],
  [
    "throws",
    async (stream) => {
      for await (const value of stream) if (value === 2) throw new Error("consumer");
    },
  ],
];

describe.each(kinds)("the span of a step that returns %s", (_kind, streaming) => {
  it.each(endings)("ends once, when the consumer %s", async (_ending, consume) => {
    const { finishedSpans, unbalancedSpans, spanCounts } = start();
    const stream = await workflow("w", sequential(step("open", streaming))).execute(3);
    expect(finishedSpans()).toEqual([]);
    await consume(stream).catch(() => undefined);
    await turn();
    expect(finishedSpans().map(({ name }) => name)).toEqual([
      "primitive.sequential.step_0",
      "primitive.sequential.execute",
      "primitive.workflow.execute",
    ]);
    expect(unbalancedSpans()).toEqual([]);
    expect(spanCounts()).toHaveLength(3);
    for (const { attributes, status } of finishedSpans()) {
      expect(attributes["execution.status"]).toBe("success");
      expect(status.code).toBe(SpanStatusCode.UNSET);
    }
  });

  it("ends once, when the run is aborted", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    const controller = new AbortController();
    const stream = await workflow(
      "w",
      retry(timeout(step("open", streaming), { timeoutMs: 60_000 }), { attempts: 2 }),
    ).execute(100, { signal: controller.signal });
    for await (const value of stream) if (value === 2) controller.abort("stop");
    expect(finishedSpans().map(({ attributes }) => attributes["execution.status"])).toEqual(
      Array.from({ length: 5 }, () => "cancelled"),
    );
    expect(unbalancedSpans()).toEqual([]);
  });
});

describe("a stream that fails", () => {
  it("is recorded once, where it failed, and turns the spans above it red", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw new RangeError("lost");
    }
    const stream = await workflow("w", sequential(failing)).execute(0);
    await expect(collect(stream)).rejects.toThrow("lost");
    expect(
      finishedSpans().map(({ name, status, events }) => [name, status.code, events.length]),
    ).toEqual([
      ["primitive.sequential.step_0", SpanStatusCode.ERROR, 1],
      ["primitive.sequential.execute", SpanStatusCode.ERROR, 0],
      ["primitive.workflow.execute", SpanStatusCode.ERROR, 0],
    ]);
    expect(unbalancedSpans()).toEqual([]);
  });

  it("has ended when a branch beside it failed", async () => {
    const { unbalancedSpans, spanCounts } = start();
    const both = parallel({
      stream: () => count(5),
      bad: async () => {
        await turn();
        throw new Error("no");
      },
    });
    await expect(both.execute(0)).rejects.toThrow("no");
    expect(unbalancedSpans()).toEqual([]);
    expect(spanCounts()).toHaveLength(3);
  });

  it("has ended when it lost a race", async () => {
    const { unbalancedSpans } = start();
    await collect(await race({ a: () => count(2), b: () => count(2) }).execute(0));
    expect(unbalancedSpans()).toEqual([]);
  });
});

describe("the context of a stream", () => {
  /** Yields the run and the span that its code runs in. */
  async function* where(): AsyncGenerator<readonly [string | undefined, string | undefined]> {
    for (let round = 0; round < 3; round++) {
      yield [currentContext()?.workflowId, trace.getSpan(context.active())?.spanContext().spanId];
      await turn();
    }
  }

  it.each([true, false])(
    "survives being consumed elsewhere (global context manager: %s)",
    async (global) => {
      const { finishedSpans, provider } = start({ global });
      if (!global) trace.setGlobalTracerProvider(provider);
      try {
        const stream = await workflow("w", step("where", where)).execute(0, {
          workflowId: "streamer",
        });
        const consumer = workflow("consumer", async () => collect(stream));
        const seen = await consumer.execute(0, { workflowId: "consumer" });
        expect(new Set(seen.map(([run]) => run))).toEqual(new Set(["streamer"]));
        if (!global) return;
        const own = finishedSpans().find(
          ({ attributes }) => attributes["primitive.name"] === "where",
        )!;
        expect(new Set(seen.map(([, span]) => span))).toEqual(new Set([own.spanId]));
      } finally {
        if (!global) trace.disable();
      }
    },
  );

  it("has spans that the stream's code makes below the step, also while it is consumed by another run", async () => {
    const { finishedSpans } = start();
    async function* working(): AsyncGenerator<number> {
      for (let chunk = 0; chunk < 2; chunk++) {
        trace.getTracer("client").startSpan(`chunk ${chunk}`).end();
        yield chunk;
      }
    }
    const stream = await workflow("w", sequential(working)).execute(0);
    await workflow("consumer", async () => collect(stream)).execute(0);
    expect(drawTree(finishedSpans())).toContain(
      ["    primitive.sequential.step_0", "      chunk 0", "      chunk 1"].join("\n"),
    );
  });

  it("does not leak into the consumer", async () => {
    start();
    const stream = await workflow("w", where).execute(0);
    for await (const value of stream) {
      expect(value).toHaveLength(2);
      expect(currentContext()).toBeUndefined();
      expect(trace.getSpan(context.active())).toBeUndefined();
    }
  });
});

describe("a stream under faults", () => {
  const around: readonly (readonly [
    string,
    (inner: Streaming) => Primitive<number, AsyncIterable<number>>,
  ])[] = [
    ["workflow", (inner) => workflow("w", inner)],
    ["sequential", (inner) => sequential(inner)],
    ["retry", (inner) => retry(inner, { attempts: 2 })],
    ["timeout", (inner) => timeout(inner, { timeoutMs: 60_000 })],
    ["fallback", (inner) => fallback(inner, [inner])],
    ["race", (inner) => race([inner, inner])],
  ];
  const actions: Readonly<
    Record<string, (stream: AsyncIterable<number>, controller: AbortController) => Promise<unknown>>
  > = {
    "end twice": async (stream) => {
      await collect(stream);
      await collect(stream);
    },
    "return before the first value": async (stream) => stream[Symbol.asyncIterator]().return?.(),
    "abort after the end": async (stream, controller) => {
      await collect(stream);
      controller.abort("late");
    },
    "end after an abort": async (stream, controller) => {
      controller.abort("stop");
      await collect(stream);
    },
    "abort between two values": async (stream, controller) => {
      const iterator = stream[Symbol.asyncIterator]();
      const first = iterator.next();
      controller.abort("stop");
      await first;
      await iterator.return?.();
    },
    "two readers at once": async (stream) => Promise.allSettled([collect(stream), collect(stream)]),
  };

  it.each(around)("ends each span once, whatever happens: in %s", async (_name, build) => {
    for (const [, streaming] of kinds)
      for (const [what, act] of Object.entries(actions)) {
        const tracing = start();
        const controller = new AbortController();
        const stream = await build(streaming).execute(3, { signal: controller.signal });
        await act(stream, controller).catch(() => undefined);
        await turn();
        expect(tracing.unbalancedSpans(), what).toEqual([]);
        expect(tracing.spanCounts().length, what).toBeGreaterThan(0);
        await tracing.shutdown();
      }
  });
});
