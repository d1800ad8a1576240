import { createTestTracing } from "#sdk";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterEach, describe, expect, inject, it } from "vitest";
import type { TestTracing, TestTracingOptions } from "./test-tracing.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly sdkMajor: 2 | 3;
  }
}

let tracing: TestTracing | undefined;

function start(options?: TestTracingOptions): TestTracing {
  tracing = createTestTracing(options);
  return tracing;
}

afterEach(async () => {
  await tracing?.shutdown();
  tracing = undefined;
});

describe("tracing in tests", () => {
  it("loads the SDK and the API of the run it is in", () => {
    const { sdkVersion } = start();
    const api = (globalThis as Record<symbol, { version: string } | undefined>)[
      Symbol.for("opentelemetry.js.api.1")
    ];
    const expected =
      inject("sdkMajor") === 2 ? { sdk: /^2\./, api: /^1\.9\./ } : { sdk: /^3\./, api: /^1\.10\./ };
    expect(sdkVersion()).toMatch(expected.sdk);
    expect(api?.version).toMatch(expected.api);
  });

  it("records a child below the active span of an awaited function", async () => {
    const { finishedSpans } = start();
    const tracer = trace.getTracer("test");
    await tracer.startActiveSpan("parent", async (parent) => {
      await Promise.resolve();
      tracer
        .startSpan("child", { attributes: { n: 1 }, links: [{ context: parent.spanContext() }] })
        .end();
      parent.addEvent("seen", { x: "y" });
      parent.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
      parent.end();
    });
    const [child, parent] = finishedSpans();
    expect(child).toMatchObject({
      name: "child",
      attributes: { n: 1 },
      parentSpanId: parent?.spanId,
      ended: true,
    });
    expect(child?.links).toEqual([
      { traceId: parent?.traceId, spanId: parent?.spanId, attributes: {} },
    ]);
    expect(parent).toMatchObject({
      name: "parent",
      parentSpanId: undefined,
      traceId: child?.traceId,
    });
    expect(parent?.status).toEqual({ code: SpanStatusCode.ERROR, message: "no" });
    expect(parent?.events).toMatchObject([{ name: "seen", attributes: { x: "y" } }]);
    expect(parent?.endMs).toBeGreaterThanOrEqual(parent?.startMs ?? Number.NaN);
  });

  it("sees a span that is never ended and one that is ended twice", () => {
    const { unbalancedSpans, reset } = start();
    const tracer = trace.getTracer("test");
    tracer.startSpan("once").end();
    tracer.startSpan("never");
    const twice = tracer.startSpan("twice");
    twice.end();
    twice.end();
    expect(unbalancedSpans()).toMatchObject([
      { name: "never", starts: 1, ends: 0 },
      { name: "twice", starts: 1, ends: 2 },
    ]);
    reset();
    expect(unbalancedSpans()).toEqual([]);
  });

  it.each([
    { sampler: "always_off", root: false, child: false },
    { sampler: "traceidratio", ratio: 0, root: false, child: false },
    { sampler: "traceidratio", ratio: 1, root: true, child: true },
    { sampler: "parentbased_always_on", root: true, child: true },
    { sampler: "parentbased_always_off", root: false, child: true },
    { sampler: "parentbased_traceidratio", ratio: 0, root: false, child: true },
  ] as const)(
    "samples roots and children of a sampled parent as $sampler does",
    ({ root, child, ...options }) => {
      const { finishedSpans } = start(options);
      const tracer = trace.getTracer("test");
      const sampledParent = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
      tracer.startSpan("root", { root: true }).end();
      tracer.startSpan("child", {}, trace.setSpanContext(context.active(), sampledParent)).end();
      const names = [...(root ? ["root"] : []), ...(child ? ["child"] : [])];
      expect(finishedSpans().map((span) => span.name)).toEqual(names);
    },
  );

  it.each(["exporter_throws", "exporter_fails"] as const)(
    "keeps recording under the fault %s",
    (fault) => {
      const { finishedSpans, unbalancedSpans } = start({ fault });
      trace.getTracer("test").startSpan("span").end();
      expect(finishedSpans()).toHaveLength(1);
      expect(unbalancedSpans()).toEqual([]);
    },
  );

  it("throws out of the SDK under a faulty processor", () => {
    start({ fault: "processor_throws_on_start" });
    expect(() => trace.getTracer("test").startSpan("span")).toThrow("fault injected by the test");
  });

  it("throws out of end() under a processor that fails there", () => {
    start({ fault: "processor_throws_on_end" });
    const span = trace.getTracer("test").startSpan("span");
    expect(() => span.end()).toThrow("fault injected by the test");
  });

  it("leaves the globals of the API alone when told so", () => {
    const { finishedSpans, provider } = start({ global: false });
    trace.getTracer("test").startSpan("global").end();
    provider.getTracer("test").startSpan("own").end();
    expect(finishedSpans().map((span) => span.name)).toEqual(["own"]);
  });

  it("gives the globals back at shutdown", async () => {
    const { finishedSpans, shutdown } = start();
    await shutdown();
    trace.getTracer("test").startSpan("late").end();
    expect(finishedSpans()).toEqual([]);
  });
});
