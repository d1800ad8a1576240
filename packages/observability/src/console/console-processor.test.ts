import { ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  ParentBasedSampler,
  TracerProvider,
  AlwaysOnSampler,
  createAlwaysRecordSampler,
} from "@opentelemetry/sdk-trace";
import type { Sampler } from "@opentelemetry/sdk-trace";
import { describe, expect, test } from "vitest";
import { createConsoleProcessor } from "./console-processor.ts";

function provide(sampler: Sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() })) {
  const printed: string[] = [];
  const processor = createConsoleProcessor({
    print: (text) => void printed.push(text),
    paint: (_style, text) => text,
  });
  const provider = new TracerProvider({ spanProcessors: [processor], sampler });
  return { printed, provider, tracer: provider.getTracer("test") };
}

describe("the console", () => {
  test("prints a trace when its root ends, and not before", () => {
    const { printed, tracer } = provide();
    const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
    tracer.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, root)).end();
    expect(printed).toEqual([]);
    root.end();
    expect(printed).toHaveLength(1);
    expect(printed[0]).toContain(`trace ${root.spanContext().traceId}`);
    expect(printed[0]).toMatch(/2 spans\n.*root\n.*└─ child\n$/);
  });

  test("takes a span with a remote parent for a root", () => {
    const { printed, tracer } = provide();
    const remote = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    };
    tracer.startSpan("here", {}, trace.setSpanContext(ROOT_CONTEXT, remote)).end();
    expect(printed).toEqual([expect.stringContaining("here")]);
  });

  test("prints what ends after its trace on its own", () => {
    const { printed, tracer } = provide();
    const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
    const detached = tracer.startSpan("detached", {}, trace.setSpan(ROOT_CONTEXT, root));
    root.end();
    detached.end();
    expect(printed[1]).toMatch(/1 span, after the trace was printed\n.*detached\n$/);
  });

  test("counts the spans beyond what it keeps of one trace", () => {
    const { printed, tracer } = provide();
    const root = tracer.startSpan("root", {}, ROOT_CONTEXT);
    for (let index = 0; index < 1200; index++)
      tracer.startSpan("item", {}, trace.setSpan(ROOT_CONTEXT, root)).end();
    root.end();
    expect(printed[0]).toContain("1201 spans");
    expect(printed[0]).toContain("200 more spans are not shown");
  });

  test("forgets the oldest of too many traces that never end", async () => {
    const { printed, provider, tracer } = provide();
    const roots = Array.from({ length: 300 }, (_, index) =>
      tracer.startSpan(`root ${index}`, {}, ROOT_CONTEXT),
    );
    for (const root of roots)
      tracer.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, root)).end();
    roots[0]?.end();
    roots[299]?.end();
    expect(printed[0]).toContain("1 span");
    expect(printed[1]).toContain("2 spans");
    await provider.shutdown();
  });

  test("leaves out what is recorded but not sampled", () => {
    const { printed, tracer } = provide(createAlwaysRecordSampler(new AlwaysOffSampler()));
    tracer.startSpan("unsampled", {}, ROOT_CONTEXT).end();
    expect(printed).toEqual([]);
  });
});
