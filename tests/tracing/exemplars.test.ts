import { trace, TraceFlags, type Tracer } from "@opentelemetry/api";
import { sequential, slot, workflow } from "@tta-dev/primitives";
import { describe, expect, it } from "vitest";
import { tracingPerTest } from "./tracing.fixture.ts";

const start = tracingPerTest();

/** The exemplars of a primitive's series: those of its counts, and those of its durations' buckets. */
function exemplarsOf(name: string) {
  const { metrics } = slot().registry.snapshot();
  const isOf = ({ labelValues }: { readonly labelValues: readonly string[] }): boolean =>
    labelValues.includes(name);
  return {
    counted: metrics.flatMap((metric) =>
      metric.kind === "counter" && metric.name === "primitive.execution.count"
        ? metric.series.filter(isOf).flatMap(({ exemplar }) => exemplar ?? [])
        : [],
    ),
    timed: metrics.flatMap((metric) =>
      metric.kind === "histogram" && metric.name === "primitive.execution.duration"
        ? metric.series
            .filter(isOf)
            .flatMap(({ exemplars = [] }) => exemplars.filter((exemplar) => exemplar !== undefined))
        : [],
    ),
  };
}

describe("exemplars", () => {
  it("name the last sampled span of a series, with the value that was recorded", async () => {
    const tracing = start();
    const work = workflow(
      "w",
      sequential(function exemplify() {}),
    );
    await work.execute(undefined);
    tracing.reset();
    await work.execute(undefined);
    const span = tracing.finishedSpans().find(({ name }) => name.endsWith("step_0"));
    const ids = { traceId: span?.traceId, spanId: span?.spanId };
    const { counted, timed } = exemplarsOf("exemplify");
    expect(counted).toMatchObject([{ ...ids, value: 1 }]);
    expect(timed).toContainEqual(expect.objectContaining(ids));
  });

  it("name failed executions too", async () => {
    const tracing = start();
    const work = workflow(
      "w",
      sequential(function exemplifyFailure() {
        throw new Error("no");
      }),
    );
    await expect(work.execute(undefined)).rejects.toThrow("no");
    const span = tracing.finishedSpans().find(({ name }) => name.endsWith("step_0"));
    const ids = { traceId: span?.traceId, spanId: span?.spanId };
    expect(exemplarsOf("exemplifyFailure")).toMatchObject({ counted: [ids], timed: [ids] });
  });

  it.each(["not recorded", "recorded for this process alone"])(
    "are not taken from runs that are %s",
    async (how) => {
      const tracing = start({ sampler: how === "not recorded" ? "always_off" : "always_on" });
      if (how !== "not recorded") registerUnsampled(tracing.provider.getTracer("test"));
      const fine = workflow(
        "w",
        sequential(function unsampled() {}),
      );
      const broken = workflow(
        "w",
        sequential(function unsampledFailure() {
          throw new Error("no");
        }),
      );
      await fine.execute(undefined);
      await expect(broken.execute(undefined)).rejects.toThrow("no");
      const none = { counted: [], timed: [] };
      expect([exemplarsOf("unsampled"), exemplarsOf("unsampledFailure")]).toEqual([none, none]);
    },
  );
});

/** Has every span recorded and none sampled, as a sampler that answers "record only" does. */
function registerUnsampled(tracer: Tracer): void {
  trace.disable();
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startActiveSpan: tracer.startActiveSpan.bind(tracer),
      startSpan(name, options, context) {
        const span = tracer.startSpan(name, options, context);
        const unsampled = { ...span.spanContext(), traceFlags: TraceFlags.NONE };
        span.spanContext = () => unsampled;
        return span;
      },
    }),
  });
}
