import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { SpanStatusCode } from "@opentelemetry/api";
import { describe, expect, test, vi } from "vitest";
import { createRedactor } from "../redaction/redactor.ts";
import { spanRedactor } from "./redact-span.ts";
import { redactingExporter, redactingProcessor } from "./redacting-span-exporter.ts";

const SECRET = "hunter2";
const redact = spanRedactor(createRedactor());

function spansOf(
  record: (provider: TracerProvider) => void,
  resource = resourceFromAttributes({ "service.name": "desk" }),
): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource,
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  record(provider);
  return exporter.getFinishedSpans();
}

function secretive(provider: TracerProvider): void {
  const tracer = provider.getTracer("test");
  const other = tracer.startSpan("other");
  const span = tracer.startSpan(`GET /?password=${SECRET}`, {
    links: [{ context: other.spanContext(), attributes: { password: SECRET, plain: 1 } }],
  });
  span.setAttributes({
    "error.message": `password=${SECRET}`,
    "gen_ai.prompt": SECRET,
    "step.index": 1,
  });
  span.recordException(new Error(`secret: ${SECRET}`));
  span.addEvent(`token=${SECRET}`);
  span.setStatus({ code: SpanStatusCode.ERROR, message: `passwd=${SECRET}` });
  span.end();
}

describe("a span without secrets", () => {
  test("has none in any of its parts, and all else as it was", () => {
    const resource = resourceFromAttributes({
      "service.name": "desk",
      "process.command_args": ["--password", SECRET],
    });
    const [span] = spansOf(secretive, resource);
    const redacted = redact(span!);
    expect(Buffer.from(ProtobufTraceSerializer.serializeRequest([span!])!).includes(SECRET)).toBe(
      true,
    );
    expect(
      Buffer.from(ProtobufTraceSerializer.serializeRequest([redacted])!).includes(SECRET),
    ).toBe(false);
    expect(redacted.name).toBe("GET /?password=[redacted:keyValue]");
    expect(redacted.attributes).toEqual({
      "error.message": "password=[redacted:keyValue]",
      "gen_ai.prompt": "[redacted:content]",
      "step.index": 1,
    });
    expect(redacted.status).toEqual({
      code: SpanStatusCode.ERROR,
      message: "passwd=[redacted:keyValue]",
    });
    expect(redacted.events[0]).toMatchObject({
      name: "exception",
      attributes: { "exception.type": "Error", "exception.message": "secret: [redacted:keyValue]" },
    });
    expect(redacted.links).toMatchObject([{ attributes: { password: "[redacted]", plain: 1 } }]);
    expect(redacted.spanContext()).toEqual(span!.spanContext());
    for (const field of [
      "kind",
      "startTime",
      "endTime",
      "duration",
      "ended",
      "instrumentationScope",
      "droppedAttributesCount",
      "droppedEventsCount",
      "droppedLinksCount",
      "parentSpanContext",
    ] as const)
      expect(redacted[field]).toBe(span![field]);
    expect(redact(span!).resource).toBe(redacted.resource);
  });

  test("is the span itself where there is nothing to take out", () => {
    const [span] = spansOf((provider) => {
      const other = provider
        .getTracer("test")
        .startSpan("work", { attributes: { "step.name": "a" } });
      other.addEvent("checkpoint", { name: "here" });
      other.addEvent("bare");
      other.end();
    });
    expect(redact(span!)).toBe(span);
  });

  test("is what a wrapped exporter gets, batch by batch, and nothing where redaction fails", async () => {
    const got: ReadableSpan[] = [];
    const inner = {
      export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
        got.push(...spans);
        done({ code: ExportResultCode.SUCCESS });
      },
      forceFlush: vi.fn<() => Promise<void>>(() => Promise.resolve()),
      shutdown: vi.fn<() => Promise<void>>(() => Promise.resolve()),
    };
    const exporter = redactingExporter(inner, redact);
    const spans = spansOf(secretive);
    exporter.export(spans, () => undefined);
    expect(got.map(({ name }) => name)).toEqual(["GET /?password=[redacted:keyValue]"]);
    await exporter.forceFlush();
    await exporter.shutdown();
    expect([inner.forceFlush.mock.calls.length, inner.shutdown.mock.calls.length]).toEqual([1, 1]);

    const broken = redactingExporter(inner, () => {
      throw new Error("no");
    });
    expect(() => {
      broken.export(spans, () => undefined);
    }).toThrow("no");
    expect(got).toHaveLength(1);
    await redactingExporter(
      { export: inner.export, shutdown: inner.shutdown },
      redact,
    ).forceFlush();
  });

  test("is what a wrapped processor gets at the end", async () => {
    const ended: string[] = [];
    const calls: string[] = [];
    const processor: SpanProcessor = redactingProcessor(
      {
        onStart() {},
        onEnd: (span) => void ended.push(span.name),
        forceFlush: () => Promise.resolve(void calls.push("forceFlush")),
        shutdown: () => Promise.resolve(void calls.push("shutdown")),
      },
      redact,
    );
    const provider = new TracerProvider({
      sampler: new AlwaysOnSampler(),
      spanProcessors: [processor],
    });
    secretive(provider);
    await provider.forceFlush();
    await provider.shutdown();
    expect([ended, calls]).toEqual([
      ["GET /?password=[redacted:keyValue]"],
      ["forceFlush", "shutdown"],
    ]);
  });
});
