import { ExportResultCode } from "@opentelemetry/core";
import type { Sampler, SpanExporter } from "@opentelemetry/sdk-trace";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  createAlwaysRecordSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import { createBatching } from "./batching.ts";

interface Held {
  readonly exporter: Required<SpanExporter>;
  readonly batches: number[];
  readonly answer: () => void;
}

/** An exporter that answers when it is told to. */
function holdingExporter(): Held {
  const batches: number[] = [];
  const open: { done: () => void; promise: Promise<void> }[] = [];
  return {
    batches,
    answer() {
      for (const { done } of open.splice(0)) done();
    },
    exporter: {
      export(spans, done) {
        batches.push(spans.length);
        const { promise, resolve } = Promise.withResolvers<void>();
        open.push({
          promise,
          done() {
            done({ code: ExportResultCode.SUCCESS });
            resolve();
          },
        });
      },
      forceFlush: async () => {
        await Promise.all(open.map(({ promise }) => promise));
      },
      shutdown: () => Promise.resolve(),
    },
  };
}

function provide(
  exporter: Required<SpanExporter>,
  sampler: Sampler = new AlwaysOnSampler(),
): { provider: TracerProvider; dropped: () => number; end: (spans: number) => void } {
  let dropped = 0;
  const processor = createBatching({
    exporter,
    maxExportBatchSize: 10,
    maxQueueSize: 25,
    exportIntervalMs: 60_000,
    exportTimeoutMs: 60_000,
    dropped: () => void (dropped += 1),
  });
  const provider = new TracerProvider({
    spanProcessors: [processor],
    sampler,
  });
  const tracer = provider.getTracer("test");
  return {
    provider,
    dropped: () => dropped,
    end(spans) {
      for (let index = 0; index < spans; index++) tracer.startSpan("work").end();
    },
  };
}

/** Has the collector answer until the work is done. */
async function answering(answer: () => void, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  void work.finally(() => {
    over.abort();
  });
  while (!over.signal.aborted) {
    answer();
    await new Promise(setImmediate);
  }
}

describe("batching", () => {
  test("drops what the queue cannot hold while the collector is silent, and counts every span of it", async () => {
    const { exporter, batches, answer } = holdingExporter();
    const { end, dropped, provider } = provide(exporter);
    end(10 + 25 + 7);
    expect([batches, dropped()]).toEqual([[10], 7]);
    await answering(answer, provider.forceFlush());
    expect(batches.reduce((sum, size) => sum + size)).toBe(35);
    end(1);
    expect(dropped()).toBe(7);
    await answering(answer, provider.shutdown());
    expect(batches.reduce((sum, size) => sum + size)).toBe(36);
  });

  test("a flush waits for the batch that is under way", async () => {
    const { exporter, answer } = holdingExporter();
    const { end, provider } = provide(exporter);
    end(10);
    let flushed = false;
    const flush = provider.forceFlush().then(() => (flushed = true));
    await new Promise(setImmediate);
    expect(flushed).toBe(false);
    answer();
    await flush;
  });

  test("takes nothing after shutdown and counts nothing as dropped", async () => {
    const { exporter, batches } = holdingExporter();
    const { end, dropped, provider } = provide(exporter);
    await provider.shutdown();
    end(100);
    expect([batches, dropped()]).toEqual([[], 0]);
  });

  test("leaves out spans that are recorded but not sampled", async () => {
    const { exporter, batches } = holdingExporter();
    const { end, dropped, provider } = provide(
      exporter,
      createAlwaysRecordSampler(new AlwaysOffSampler()),
    );
    end(100);
    await provider.forceFlush();
    expect([batches, dropped()]).toEqual([[], 0]);
  });
});
