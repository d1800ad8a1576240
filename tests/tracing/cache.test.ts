import { SpanStatusCode } from "@opentelemetry/api";
import { cache, sequential, workflow, type WorkflowContext } from "@tta-dev/primitives";
import { virtualRuntime } from "@tta-dev/primitives/testing";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { FinishedSpan } from "./test-tracing.ts";
import { drawTree, tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();
const key = (input: string): string => input;

/** A step that ends when the test says so. */
function scripted(): {
  readonly search: (input: string, context: WorkflowContext) => Promise<string>;
  readonly ends: {
    readonly resolve: (value: string) => void;
    readonly reject: (error: Error) => void;
  }[];
} {
  const ends: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  return {
    ends,
    search: (_input, { signal }) =>
      new Promise((resolve, reject) => {
        ends.push({ resolve, reject });
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      }),
  };
}

const cacheSpans = (spans: readonly FinishedSpan[]): readonly FinishedSpan[] =>
  spans.filter(({ name }) => name === "primitive.cache.execute");
const kinds = (spans: readonly FinishedSpan[]): readonly unknown[] =>
  cacheSpans(spans).map(({ attributes }) => [attributes["cache.hit"], attributes["cache.kind"]]);

describe("the span of a cache", () => {
  it("says how the lookup was answered, and has the load below it", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    const search = async (input: string): Promise<string> => input;
    const answer = workflow("answer", cache(search, { key, ttlMs: 60_000 }));
    await answer.execute("a");
    await answer.execute("a");
    expect(drawTree(finishedSpans())).toBe(
      [
        "primitive.workflow.execute",
        "  primitive.cache.execute",
        "    primitive.step.execute",
        "primitive.workflow.execute",
        "  primitive.cache.execute",
      ].join("\n"),
    );
    expect(kinds(finishedSpans())).toEqual([
      [false, "miss"],
      [true, "fresh"],
    ]);
    const [miss] = cacheSpans(finishedSpans());
    expect(miss!.attributes).toMatchObject({
      "primitive.name": "search",
      "primitive.type": "cache",
      "cache.type": "memory",
      "execution.status": "success",
    });
    const load = finishedSpans().find(({ name }) => name === "primitive.step.execute");
    expect(load!.attributes).toMatchObject({
      "primitive.path": "answer/search/body:search",
      "execution.detached": true,
    });
    expect(unbalancedSpans()).toEqual([]);
  });

  it("is the parent of a load that others share: theirs link to it", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    const { search, ends } = scripted();
    const cached = cache(search, { key, ttlMs: 60_000 });
    const runs = ["one", "two", "three"].map((name) => workflow(name, cached).execute("a"));
    await turn();
    ends[0]!.resolve("answer");
    await Promise.all(runs);
    expect(
      drawTree(
        finishedSpans(),
        ({ name, attributes }) => `${name} ${String(attributes["workflow.name"])}`,
      ),
    ).toBe(
      [
        "primitive.workflow.execute one",
        "  primitive.cache.execute one",
        "    primitive.step.execute one",
        "primitive.workflow.execute two",
        "  primitive.cache.execute two",
        "primitive.workflow.execute three",
        "  primitive.cache.execute three",
      ].join("\n"),
    );
    const load = finishedSpans().find(({ name }) => name === "primitive.step.execute")!;
    const [starter, ...others] = cacheSpans(finishedSpans()).toSorted(
      (one, other) => one.startMs - other.startMs,
    );
    expect(starter).toMatchObject({ links: [], attributes: { "cache.kind": "miss" } });
    expect(others).toHaveLength(2);
    for (const other of others)
      expect(other).toMatchObject({
        links: [{ traceId: load.traceId, spanId: load.spanId }],
        attributes: { "cache.kind": "shared", "cache.hit": true },
      });
    expect(new Set(finishedSpans().map(({ traceId }) => traceId)).size).toBe(3);
    expect(unbalancedSpans()).toEqual([]);
  });

  it("links to the load of a step that returns at once, too", async () => {
    const { finishedSpans } = start();
    const cached = cache((input: string) => input, { key, ttlMs: 60_000 });
    await Promise.all([cached.execute("a"), cached.execute("a")]);
    const load = finishedSpans().find(({ name }) => name === "primitive.step.execute")!;
    const shared = cacheSpans(finishedSpans()).find(({ links }) => links.length > 0);
    expect(shared).toMatchObject({
      links: [{ spanId: load.spanId }],
      attributes: { "cache.kind": "shared" },
    });
  });

  it("may end, and its run with it, before the load that it started", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    const { search, ends } = scripted();
    const cached = cache(search, { key, ttlMs: 60_000 });
    const controller = new AbortController();
    const gone = workflow("gone", cached).execute("a", { signal: controller.signal });
    const patient = workflow("patient", cached).execute("a");
    await turn();
    controller.abort(new Error("gone"));
    await expect(gone).rejects.toThrow("gone");
    expect(finishedSpans().map(({ name }) => name)).toEqual([
      "primitive.cache.execute",
      "primitive.workflow.execute",
    ]);
    ends[0]!.resolve("answer");
    await patient;
    const [starter] = cacheSpans(finishedSpans());
    const load = finishedSpans().find(({ name }) => name === "primitive.step.execute");
    expect(load).toMatchObject({
      parentSpanId: starter!.spanId,
      traceId: starter!.traceId,
      attributes: { "execution.status": "success", "workflow.name": "gone" },
    });
    expect(starter!.attributes).toMatchObject({
      "execution.status": "cancelled",
      "cache.kind": "miss",
    });
    expect(unbalancedSpans()).toEqual([]);
  });

  it("is red with all others when the load fails; the exception stands on the load alone", async () => {
    const { finishedSpans } = start();
    const { search, ends } = scripted();
    const cached = cache(search, { key, ttlMs: 60_000 });
    const runs = [cached.execute("a"), cached.execute("a")];
    await turn();
    ends[0]!.reject(new Error("backend down"));
    await Promise.allSettled(runs);
    expect(finishedSpans()).toHaveLength(3);
    for (const { name, status, attributes, events } of finishedSpans()) {
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: "backend down" });
      expect(attributes["execution.status"]).toBe("error");
      expect(events).toHaveLength(name === "primitive.step.execute" ? 1 : 0);
    }
  });

  it("is the parent of the refresh that a stale hit starts, which leaves the run green when it fails", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    const virtual = virtualRuntime();
    const { search, ends } = scripted();
    const cached = cache(search, { key, ttlMs: 100, ttlJitter: 0, staleMs: 500 });
    const answer = workflow("answer", sequential(cached));
    const first = answer.execute("a", { runtime: virtual });
    await turn();
    ends[0]!.resolve("old");
    await first;
    await virtual.advance(200);
    expect(await answer.execute("a", { runtime: virtual })).toBe("old");
    ends[1]!.reject(new Error("backend down"));
    await turn();
    expect(kinds(finishedSpans())).toEqual([
      [false, "miss"],
      [true, "stale"],
    ]);
    const stale = cacheSpans(finishedSpans())[1]!;
    const refresh = finishedSpans().at(-1)!;
    expect(refresh).toMatchObject({
      name: "primitive.step.execute",
      parentSpanId: stale.spanId,
      status: { code: SpanStatusCode.ERROR },
      attributes: { "execution.detached": true },
    });
    const roots = finishedSpans().filter(({ name }) => name === "primitive.workflow.execute");
    expect(roots.map(({ status }) => status.code)).toEqual([
      SpanStatusCode.UNSET,
      SpanStatusCode.UNSET,
    ]);
    expect(unbalancedSpans()).toEqual([]);
  });

  it("says stale where the old value was served instead of an error", async () => {
    const { finishedSpans } = start();
    const virtual = virtualRuntime();
    const { search, ends } = scripted();
    const cached = cache(search, { key, ttlMs: 100, ttlJitter: 0, staleIfErrorMs: 500 });
    const first = cached.execute("a", { runtime: virtual });
    await turn();
    ends[0]!.resolve("old");
    await first;
    await virtual.advance(200);
    const second = cached.execute("a", { runtime: virtual });
    await turn();
    ends[1]!.reject(new Error("backend down"));
    expect(await second).toBe("old");
    expect(kinds(finishedSpans())).toEqual([
      [false, "miss"],
      [true, "stale"],
    ]);
    expect(cacheSpans(finishedSpans())[1]!.status.code).toBe(SpanStatusCode.UNSET);
  });

  it("stays open as long as a stream that is passed through", async () => {
    const { finishedSpans, unbalancedSpans } = start();
    const cached = cache(
      async function* search(_input: string): AsyncGenerator<number> {
        yield 1;
      },
      { key, ttlMs: 60_000 },
    );
    const stream = await cached.execute("a");
    expect(finishedSpans()).toEqual([]);
    for await (const one of stream) expect(one).toBe(1);
    expect(drawTree(finishedSpans())).toBe("primitive.cache.execute\n  primitive.step.execute");
    expect(kinds(finishedSpans())).toEqual([[false, "miss"]]);
    expect(unbalancedSpans()).toEqual([]);
  });

  it("is all there is of a hit under a sampler that drops the load's trace", async () => {
    const { finishedSpans } = start({ sampler: "always_off" });
    const cached = cache(async (input: string) => input, { key, ttlMs: 60_000 });
    expect(await Promise.all([cached.execute("a"), cached.execute("a")])).toEqual(["a", "a"]);
    expect(finishedSpans()).toEqual([]);
  });
});
