import { TracerProvider } from "@opentelemetry/sdk-trace";
import { context, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import type { SpanRecord } from "./terminal/span-record.ts";
import { createTraceRecorder } from "./trace-recorder.ts";

test("traces are counted by their roots, and the first one is handed out whole when it is over", () => {
  const handedOut: (readonly SpanRecord[])[] = [];
  const recorder = createTraceRecorder((spans) => handedOut.push(spans));
  const tracer = new TracerProvider({ spanProcessors: [recorder.processor] }).getTracer("test");
  const below = (span: ReturnType<typeof tracer.startSpan>) =>
    trace.setSpan(context.active(), span);

  const first = tracer.startSpan("first", { startTime: 1000 });
  const second = tracer.startSpan("second");
  tracer.startSpan("child of second", {}, below(second)).end();
  second.end();
  expect([recorder.traces(), handedOut]).toEqual([1, []]);

  tracer.startSpan("child", { startTime: 1001, attributes: { n: 1 } }, below(first)).end(1003);
  first.setStatus({ code: 2 }).end(1005);
  tracer.startSpan("late child", {}, below(first)).end();
  expect(recorder.traces()).toBe(2);
  expect(handedOut).toEqual([
    [
      {
        name: "child",
        spanId: expect.any(String),
        parentSpanId: first.spanContext().spanId,
        startMs: 1001,
        durationMs: 2,
        attributes: { n: 1 },
        status: "unset",
      },
      {
        name: "first",
        spanId: first.spanContext().spanId,
        parentSpanId: undefined,
        startMs: 1000,
        durationMs: 5,
        attributes: {},
        status: "error",
      },
    ],
  ]);
});
