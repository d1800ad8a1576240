import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import {
  AlwaysOffSampler,
  createAlwaysRecordSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { createBatching } from "./batching.ts";

function batching(sent: ReadableSpan[]) {
  return createBatching({
    attempt: async (spans) => void sent.push(...spans),
    maxBatchSize: 10,
    maxQueueSize: 20,
    intervalMs: 5000,
    dropped: () => undefined,
    failed: () => undefined,
  });
}

test("spans that are recorded but not sampled are left out", async () => {
  const sent: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [batching(sent)],
    sampler: createAlwaysRecordSampler(new AlwaysOffSampler()),
  });
  provider.getTracer("test").startSpan("work").end();
  await provider.forceFlush();
  expect(sent).toEqual([]);
});

test("spans are sent by a flush and by the end", async () => {
  const sent: ReadableSpan[] = [];
  const provider = new TracerProvider({ spanProcessors: [batching(sent)] });
  const tracer = provider.getTracer("test");
  tracer.startSpan("first").end();
  await provider.forceFlush();
  tracer.startSpan("second").end();
  await provider.shutdown();
  tracer.startSpan("third").end();
  expect(sent.map(({ name }) => name)).toEqual(["first", "second"]);
});

test("spans that are not sent are handed out", () => {
  const processor = batching([]);
  const provider = new TracerProvider({ spanProcessors: [processor] });
  provider.getTracer("test").startSpan("work").end();
  expect(processor.takeUnsent().map(({ name }) => name)).toEqual(["work"]);
});
