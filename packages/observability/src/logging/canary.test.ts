import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CBaggagePropagator } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { slot } from "@tta-dev/primitives";
import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import type { Collector } from "../config/collector.ts";
import { createConsoleProcessor } from "../console/console-processor.ts";
import { createProblemLog } from "../problem.ts";
import { formatExposition } from "../prometheus/exposition.ts";
import { startOtlpSink } from "../testing/otlp-sink.fixture.ts";
import { createOtlpExporter } from "../transport/otlp-exporter.ts";
import { traces } from "../transport/signal.ts";
import { CANARIES, plantCanaries } from "./canary.fixture.ts";
import { collectLines } from "./collected-lines.fixture.ts";
import { createLogDelivery } from "./otel/log-delivery.ts";
import { spanRedactor } from "./otel/redact-span.ts";
import { redactingExporter, redactingProcessor } from "./otel/redacting-span-exporter.ts";
import { startLogRecords } from "./otel/start-log-records.ts";
import type { Redactor } from "./redaction/redactor.ts";
import { createRedactor } from "./redaction/redactor.ts";
import { startLogging } from "./start-logging.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Everything that leaves a program with all outputs on, by the way it leaves. */
async function outputsUnder(
  redactor: Redactor,
  structured: boolean,
): Promise<Readonly<Record<string, string>>> {
  const sink = await startOtlpSink({ protocol: "http/json" });
  const refusing = await startOtlpSink({ protocol: "http/json" });
  refusing.behave(() => 401);
  const { problems, report } = createProblemLog();
  const lines = collectLines();
  const printed: string[] = [];
  const redact = spanRedactor(redactor);
  const collector = (url: string): Collector => ({
    url: url.replace("//", `//user:${CANARIES.urlPassword}@`),
    protocol: "http/json",
    headers: {},
    timeoutMs: 2000,
    compression: "none",
  });
  const spansTo = (url: string): SimpleSpanProcessor =>
    new SimpleSpanProcessor({
      exporter: redactingExporter(
        createOtlpExporter(traces, {
          collector: collector(`${url}/v1/traces`),
          destination: url,
          refused: () => undefined,
          report,
        }),
        redact,
      ),
    });
  const logsTo = (url: string): ReturnType<typeof createLogDelivery> =>
    createLogDelivery({
      collector: collector(`${url}/v1/logs`),
      redactor,
      maxBatchSize: 512,
      maxQueueSize: 2048,
      intervalMs: 5000,
      lost: () => undefined,
      exit: { register: () => undefined },
      report,
    });

  const resource = resourceFromAttributes({
    "service.name": "desk",
    "process.command_args": ["node", "--password", CANARIES.resource],
  });
  const terminal = createConsoleProcessor({
    print: (text) => void printed.push(text),
    paint: (_style, text) => text,
  });
  const provider = new TracerProvider({
    resource,
    sampler: new AlwaysOnSampler(),
    spanProcessors: [
      spansTo(sink.url),
      spansTo(refusing.url),
      redactingProcessor(terminal, redact),
    ],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CBaggagePropagator());
  const records = startLogRecords({
    resource,
    processors: [logsTo(sink.url), logsTo(refusing.url)],
    existingSdk: false,
  });
  const logging = startLogging({
    level: "debug",
    structured,
    correlation: true,
    redactor,
    records: records.provider,
    destination: lines,
    report,
  });
  ends.push(
    logging.release,
    records.release,
    () => {
      trace.disable();
      context.disable();
      propagation.disable();
    },
    sink.close,
    refusing.close,
  );

  const nothing = (): void => undefined;
  await plantCanaries({
    debug: nothing,
    log: nothing,
    info: nothing,
    warn: nothing,
    error: nothing,
  });
  await provider.forceFlush().catch(nothing);
  await records.forceFlush();
  expect(sink.faults).toEqual([]);
  return {
    lines: lines.text(),
    console: printed.join("\n"),
    spans: inspect(sink.spans(), { depth: 10, maxArrayLength: null, maxStringLength: null }),
    records: inspect(sink.logRecords(), { depth: 10, maxArrayLength: null, maxStringLength: null }),
    metrics: formatExposition(slot().registry.snapshot(), redactor.attributes(resource.attributes)),
    problems: inspect(problems, { depth: 10 }),
  };
}

/** Hides nothing. */
const blind: Redactor = {
  text: (text) => text,
  // Errors and maps have no fields for JSON: what they tell a person is put on the line.
  value: (value) => ({
    dump: inspect(value, { getters: true, depth: 10, maxStringLength: null }),
    value,
  }),
  attributes: (attributes) => attributes,
};

function canariesIn(outputs: Readonly<Record<string, string>>): string[] {
  return Object.entries(outputs).flatMap(([way, output]) =>
    Object.entries(CANARIES)
      .filter(([, secret]) => output.includes(secret))
      .map(([place]) => `${place} in ${way}`),
  );
}

describe("what leaves the process", () => {
  test.each([true, false])("has no canary in it (JSON lines: %j)", async (structured) => {
    const outputs = await outputsUnder(createRedactor(), structured);
    expect(canariesIn(outputs)).toEqual([]);
    // Something did leave, everywhere.
    expect(outputs["lines"]).toContain("attempt.retried");
    expect(outputs["console"]).toContain("primitive.workflow.execute");
    expect(outputs["spans"]).toContain("primitive.retry.attempt");
    expect(outputs["records"]).toContain("run.failed");
    expect(outputs["metrics"]).toContain("retry_attempts_total");
    expect(outputs["problems"]).toContain("collector_rejected");
  });

  test("would have each of them without redaction", async () => {
    const found = canariesIn(await outputsUnder(blind, true));
    const seen = Object.keys(CANARIES).filter((place) =>
      found.some((one) => one.startsWith(`${place} in `)),
    );
    expect(seen).toEqual(Object.keys(CANARIES));
    for (const way of ["lines", "console", "spans", "records", "metrics"])
      expect(found.some((one) => one.endsWith(` in ${way}`))).toBe(true);
  });
});
