import { SeverityNumber } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { createRegistry } from "@tta-dev/primitives";
import { afterEach, describe, expect, test } from "vitest";
import { createRegistryProducer } from "../metrics/registry-producer.ts";
import type { ProblemReport } from "../problem.ts";
import type { OtlpSink, SinkProtocol } from "../testing/otlp-sink.fixture.ts";
import { startOtlpSink } from "../testing/otlp-sink.fixture.ts";
import type { OtlpExporter, OtlpExporterOptions } from "./otlp-exporter.ts";
import { createOtlpExporter } from "./otlp-exporter.ts";
import type { SignalFormat } from "./signal.ts";
import { logs, metrics, traces } from "./signal.ts";

const protocols: readonly SinkProtocol[] = ["http/protobuf", "http/json", "grpc"];
const resource = resourceFromAttributes({ "service.name": "desk", "process.pid": 7 });
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Setup<T> {
  readonly sink: OtlpSink;
  readonly exporter: OtlpExporter<T>;
  readonly send: (items: T) => Promise<ExportResult>;
  readonly problems: ProblemReport[];
  readonly refused: number[];
}

async function setUp<T>(
  format: SignalFormat<T>,
  protocol: SinkProtocol,
  path: string,
  options: Partial<OtlpExporterOptions["collector"]> = {},
): Promise<Setup<T>> {
  const sink = await startOtlpSink({ protocol });
  const problems: ProblemReport[] = [];
  const refused: number[] = [];
  const url = protocol === "grpc" ? sink.url : sink.url + path;
  const exporter = createOtlpExporter(format, {
    collector: {
      url,
      protocol,
      headers: { "x-api-key": "k" },
      timeoutMs: 30_000,
      compression: "none",
      ...options,
    },
    destination: "http://collector",
    retries: false,
    refused: (count) => void refused.push(count),
    report: (problem) => void problems.push(problem),
  });
  closers.push(
    () => sink.close(),
    () => exporter.shutdown(),
  );
  const send = (items: T): Promise<ExportResult> =>
    new Promise((resolve) => {
      exporter.export(items, resolve);
    });
  return { sink, exporter, send, problems, refused };
}

function someSpans(): ReadableSpan[] {
  const memory = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource,
    spanProcessors: [new SimpleSpanProcessor({ exporter: memory })],
  });
  const tracer = provider.getTracer("scope");
  const span = tracer.startSpan("first", {
    startTime: [1_700_000_000, 5],
    attributes: {
      text: "é\n",
      whole: -3,
      part: 0.5,
      yes: true,
      list: ["a", "b"],
      numbers: [1, 2.5],
    },
  });
  span.addEvent("exception", { message: "no" }, [1_700_000_001, 0]);
  span.setStatus({ code: 2, message: "failed" });
  span.end([1_700_000_002, 999_999_999]);
  tracer.startSpan("second").end();
  return memory.getFinishedSpans();
}

function someLogRecords(): ReadableLogRecord[] {
  const memory = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter: memory })],
  });
  provider.getLogger("scope").emit({
    timestamp: [1_700_000_000, 5],
    severityNumber: SeverityNumber.WARN,
    severityText: "WARN",
    body: { text: "hello", nested: { list: [1, "b", true] } },
    attributes: { "workflow.name": "triage" },
  });
  return memory.getFinishedLogRecords();
}

async function someMetrics(): Promise<ResourceMetrics> {
  const registry = createRegistry({ now: () => 1_700_000_000_250 });
  registry.counter("retry.attempts").bind({ primitive_name: "search", reason: "timeout" }).add(3);
  registry.histogram("wait.duration").bind({}).record(0.5);
  const producer = createRegistryProducer({
    registry: () => registry,
    temporality: "cumulative",
    histograms: "explicit_bucket_histogram",
  });
  const { resourceMetrics } = await producer.collect();
  return { ...resourceMetrics, resource };
}

describe.each(protocols)("over %s", (protocol) => {
  test("spans arrive as they were", async () => {
    const { sink, send } = await setUp(traces, protocol, "/v1/traces");
    const spans = someSpans();
    expect(await send(spans)).toEqual({ code: 0 });
    expect(sink.faults).toEqual([]);
    expect(sink.spanCounts()).toEqual({ total: 2, unique: 2 });
    expect(sink.requests[0]?.headers["x-api-key"]).toBe("k");
    expect(sink.spans()).toMatchObject([
      {
        resource: { "service.name": "desk", "process.pid": 7 },
        scope: "scope",
        traceId: spans[0]?.spanContext().traceId,
        spanId: spans[0]?.spanContext().spanId,
        parentSpanId: "",
        name: "first",
        kind: 1,
        startTimeUnixNano: 1_700_000_000_000_000_005n,
        endTimeUnixNano: 1_700_000_002_999_999_999n,
        attributes: {
          text: "é\n",
          whole: -3,
          part: 0.5,
          yes: true,
          list: ["a", "b"],
          numbers: [1, 2.5],
        },
        events: [{ name: "exception", attributes: { message: "no" } }],
        status: { code: 2, message: "failed" },
      },
      { name: "second", status: { code: 0 } },
    ]);
  });

  test("log records arrive as they were", async () => {
    const { sink, send } = await setUp(logs, protocol, "/v1/logs");
    expect(await send(someLogRecords())).toEqual({ code: 0 });
    expect(sink.faults).toEqual([]);
    expect(sink.logRecords()).toMatchObject([
      {
        resource: { "service.name": "desk" },
        scope: "scope",
        timeUnixNano: 1_700_000_000_000_000_005n,
        severityNumber: 13,
        severityText: "WARN",
        body: { text: "hello", nested: { list: [1, "b", true] } },
        attributes: { "workflow.name": "triage" },
      },
    ]);
  });

  test("metrics arrive as they were", async () => {
    const { sink, send } = await setUp(metrics, protocol, "/v1/metrics");
    expect(await send(await someMetrics())).toEqual({ code: 0 });
    expect(sink.faults).toEqual([]);
    const found = (name: string) => sink.metrics().find((metric) => metric.name === name);
    expect(found("retry.attempts")).toMatchObject({
      resource: { "service.name": "desk" },
      scope: "@tta-dev/primitives",
      unit: "{attempt}",
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [
          {
            asDouble: 3,
            startTimeUnixNano: 1_700_000_000_250_000_000n,
            attributes: { "primitive.name": "search", reason: "timeout" },
          },
        ],
      },
    });
    expect(found("wait.duration")).toMatchObject({
      histogram: { dataPoints: [{ count: 1, sum: 0.5, min: 0.5, max: 0.5 }] },
    });
  });

  test("a compressed request arrives, too", async () => {
    const { sink, send } = await setUp(traces, protocol, "/v1/traces", { compression: "gzip" });
    expect(await send(someSpans())).toEqual({ code: 0 });
    expect([sink.faults, sink.spanCounts().total]).toEqual([[], 2]);
  });

  test("what a collector refuses of a request is counted and reported", async () => {
    const { sink, send, problems, refused } = await setUp(traces, protocol, "/v1/traces");
    sink.behave(() => ({ rejected: 1, message: "too old: secret" }));
    expect(await send(someSpans())).toEqual({ code: 0 });
    expect(refused).toEqual([1]);
    expect(problems).toEqual([
      {
        code: "collector_rejected",
        message:
          "the collector at http://collector took a request, but refused 1 of its spans as faulty",
        subject: "partial",
      },
    ]);
  });

  test("a refusal is a failure that says its status", async () => {
    const { sink, send } = await setUp(traces, protocol, "/v1/traces");
    sink.behave(() => 401);
    expect(await send(someSpans())).toMatchObject({
      code: 1,
      error: { kind: "rejected", isTemporary: false },
    });
  });

  test("abandoning fails what is under way", async () => {
    const { sink, send, exporter } = await setUp(traces, protocol, "/v1/traces");
    sink.behave(() => "hang");
    const sending = send(someSpans());
    await sink.until(() => sink.requests.length === 1);
    exporter.abandon();
    expect(await sending).toMatchObject({ code: 1 });
  });

  test("flushing waits for what is under way", async () => {
    const { sink, send, exporter } = await setUp(traces, protocol, "/v1/traces");
    const sending = send(someSpans());
    await exporter.forceFlush();
    expect(sink.spanCounts().total).toBe(2);
    await sending;
  });
});
