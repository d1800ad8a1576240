import { logs, metrics, trace } from "@opentelemetry/api";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { getLogger } from "@tta-dev/observability";
import type { OtlpSink } from "../../packages/observability/src/testing/otlp-sink.fixture.ts";
import { workflow } from "@tta-dev/primitives";
import { defineSlo } from "@tta-dev/primitives/slo";
import { describe, expect, test } from "vitest";
import { afterwards, codesOf, initialize, pageOf, startSink } from "./initialized.fixture.ts";

/** The workflow and its step. */
const SPANS_PER_RUN = 2;

/** A workflow under a name of its own, because counts go on from test to test. */
function greeting(name: string): () => Promise<unknown> {
  const greet = workflow(name, (who: string) => `Hello ${who}`);
  return () => greet.execute("you");
}

function countOn(page: string, workflowName: string): number {
  const line = page
    .split("\n")
    .find(
      (one) =>
        one.startsWith("primitive_execution_count_total{") &&
        one.includes(`workflow_name="${workflowName}"`),
    );
  return Number(line?.split(" ").at(-1));
}

function notAttached(observability: {
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}): readonly string[] {
  return observability.problems
    .filter(({ code }) => code === "not_attached")
    .map(({ message }) => /observability\.(\w+)/.exec(message)?.[1] ?? "")
    .toSorted();
}

async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function namesOf(sink: OtlpSink): readonly string[] {
  return sink.spans().map(({ attributes }) => String(attributes["workflow.name"]));
}

describe("an SDK that was registered before", () => {
  test("keeps its spans, the rest works, and what is not attached is told", async () => {
    const sink = await startSink();
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
    );
    metrics.setGlobalMeterProvider(new MeterProvider());
    logs.setGlobalLoggerProvider(new LoggerProvider());
    const slo = defineSlo({
      name: "before-up",
      workflow: "sdk-before",
      objective: 0.9,
      indicator: { kind: "availability" },
    });
    const observability = initialize({ existingSdk: true, otlpEndpoint: sink.url, slos: [slo] });
    const run = greeting("sdk-before");
    for (let count = 0; count < 3; count++) await run();
    await turn();

    expect(exporter.getFinishedSpans()).toHaveLength(3 * SPANS_PER_RUN);
    expect(countOn(await pageOf(observability), "sdk-before")).toBe(3);
    expect(observability.slo.status("before-up")[0]).toMatchObject({ events: 3, bad: 0 });
    expect(
      observability.percentiles({ of: "workflow" }).groups.find(({ name }) => name === "sdk-before")
        ?.count,
    ).toBeGreaterThanOrEqual(3);
    expect(observability.throughput().all.runs).toBe(3);
    await observability.forceFlush();
    expect(sink.spans()).toEqual([]);
    expect(sink.metrics().map(({ name }) => name)).toContain("slo.events");
    expect(notAttached(observability)).toEqual([
      "logRecordProcessors",
      "metricReaders",
      "spanProcessors",
    ]);
    expect(codesOf(observability)).not.toContain("sdk_kept");
  });

  test("without the option keeps its place as well, and that is told", async () => {
    const sink = await startSink();
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
    );
    const observability = initialize({ otlpEndpoint: sink.url });
    await greeting("sdk-kept")();
    await observability.forceFlush();
    expect(exporter.getFinishedSpans()).toHaveLength(SPANS_PER_RUN);
    expect(sink.spans()).toEqual([]);
    expect(codesOf(observability)).toContain("sdk_kept");
    expect(countOn(await pageOf(observability), "sdk-kept")).toBe(1);
  });
});

describe("an SDK that is built afterwards", () => {
  test("gets everything once, and nothing is reported", async () => {
    const sink = await startSink();
    const observability = initialize({
      existingSdk: true,
      otlpEndpoint: sink.url,
      logLevel: "info",
      logs: { events: "silent" },
    });
    const tracing = new TracerProvider({ spanProcessors: [...observability.spanProcessors] });
    const metering = new MeterProvider({ readers: [...observability.metricReaders] });
    const logging = new LoggerProvider({ processors: [...observability.logRecordProcessors] });
    trace.setGlobalTracerProvider(tracing);
    metrics.setGlobalMeterProvider(metering);
    logs.setGlobalLoggerProvider(logging);
    afterwards(() => Promise.all([tracing.shutdown(), metering.shutdown(), logging.shutdown()]));

    const run = greeting("sdk-after");
    await run();
    await turn();
    await run();
    metrics.getMeter("theirs").createCounter("orders").add(4, { kind: "yearly" });
    getLogger("desk").info("greeted", { count: 2 });
    logs.getLogger("theirs").emit({ body: "theirs" });
    await turn();
    await observability.forceFlush();
    await Promise.all([tracing.forceFlush(), logging.forceFlush()]);

    expect(sink.spanCounts()).toEqual({ total: 2 * SPANS_PER_RUN, unique: 2 * SPANS_PER_RUN });
    expect(sink.logRecords().map(({ body }) => body)).toEqual(["greeted", "theirs"]);
    expect(await pageOf(observability)).toContain('orders_total{kind="yearly",');
    expect(countOn(await pageOf(observability), "sdk-after")).toBe(2);
    expect(observability.problems).toEqual([]);
  });

  test("that takes only some of it hears of the rest", async () => {
    const sink = await startSink();
    const observability = initialize({ existingSdk: true, otlpEndpoint: sink.url });
    trace.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [...observability.spanProcessors] }),
    );
    await greeting("sdk-partly")();
    expect(notAttached(observability)).toEqual(["logRecordProcessors", "metricReaders"]);
  });

  test("with log records of its own only hears so once a line went past", async () => {
    const sink = await startSink();
    const observability = initialize({
      existingSdk: true,
      otlpEndpoint: sink.url,
      logLevel: "info",
      logs: { events: "silent" },
    });
    logs.setGlobalLoggerProvider(new LoggerProvider());
    await greeting("sdk-other-logs")();
    expect(notAttached(observability)).not.toContain("logRecordProcessors");
    getLogger("desk").info("lost");
    expect(notAttached(observability)).toContain("logRecordProcessors");
  });

  test("with tail sampling exports the traces that are worth it", async () => {
    const sink = await startSink();
    const observability = initialize({
      existingSdk: true,
      otlpEndpoint: sink.url,
      sampling: { tail: { ratio: 0 } },
    });
    trace.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [...observability.spanProcessors] }),
    );
    await greeting("sdk-tail-fine")();
    const failing = workflow("sdk-tail-broken", () => {
      throw new Error("broken");
    });
    await failing.execute("you").catch(() => undefined);
    await observability.forceFlush();
    await observability.shutdown();
    expect(new Set(namesOf(sink))).toEqual(new Set(["sdk-tail-broken"]));
    expect(sink.spanCounts()).toEqual({ total: SPANS_PER_RUN, unique: SPANS_PER_RUN });
  });
});
