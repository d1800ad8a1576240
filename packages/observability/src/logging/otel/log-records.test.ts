import {
  context,
  diag,
  logs,
  ROOT_CONTEXT,
  SeverityNumber,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { collectLines } from "../collected-lines.fixture.ts";
import { getLogger } from "../logger.ts";
import { createRedactor } from "../redaction/redactor.ts";
import { startLogging } from "../start-logging.ts";
import { startLogRecords } from "./start-log-records.ts";

const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0)) release();
});

function start(existingSdk = false): InMemoryLogRecordExporter {
  const exporter = new InMemoryLogRecordExporter();
  const processors = [new SimpleLogRecordProcessor({ exporter })];
  const resource = resourceFromAttributes({ "service.name": "desk" });
  if (existingSdk) logs.setGlobalLoggerProvider(new LoggerProvider({ resource, processors }));
  const records = startLogRecords({ resource, processors, existingSdk });
  const { release } = startLogging({
    level: "debug",
    structured: true,
    correlation: true,
    redactor: createRedactor(),
    records: records.provider,
    destination: collectLines(),
    report: () => undefined,
    now: () => 1_700_000_000_123,
  });
  releases.push(release, records.release, () => {
    logs.disable();
  });
  return exporter;
}

describe("a line as a log record", () => {
  test("has severity, body, scope, time and attributes", () => {
    const exporter = start();
    getLogger("billing").warn("invoice_sent", {
      id: "i-17",
      lines: [{ amount: 1 }],
      correlation_id: "req-1",
      workflow_name: "w",
      agent_type: "t",
      password: "hunter2",
    });
    const [record] = exporter.getFinishedLogRecords();
    expect(record).toMatchObject({
      severityNumber: SeverityNumber.WARN,
      severityText: "WARN",
      body: "invoice_sent",
      hrTime: [1_700_000_000, 123_000_000],
      instrumentationScope: { name: "billing" },
    });
    expect(record?.attributes).toEqual({
      id: "i-17",
      lines: [{ amount: 1 }],
      "correlation.id": "req-1",
      "workflow.name": "w",
      "agent.type": "t",
      password: "[redacted]",
    });
    expect(record?.spanContext).toBeUndefined();
  });

  test.each([
    ["debug", SeverityNumber.DEBUG],
    ["info", SeverityNumber.INFO],
    ["error", SeverityNumber.ERROR],
    ["fatal", SeverityNumber.FATAL],
  ] as const)("has the severity of %s", (level, severityNumber) => {
    const exporter = start();
    getLogger("a")[level]("x");
    expect(exporter.getFinishedLogRecords()).toMatchObject([{ severityNumber }]);
  });

  test("belongs to the span it was written in, with its flags", () => {
    const exporter = start();
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const span = {
      traceId: "1".repeat(32),
      spanId: "2".repeat(16),
      traceFlags: TraceFlags.SAMPLED,
    };
    context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => {
      getLogger("a").info("x");
    });
    context.disable();
    expect(exporter.getFinishedLogRecords()).toMatchObject([{ spanContext: span }]);
  });

  test("tells an error in the attributes for exceptions, its causes below its stack", () => {
    const exporter = start();
    const cause = Object.assign(new Error("refused"), { stack: "Error: refused\n    at there" });
    cause.cause = "because";
    const error = Object.assign(new TypeError("failed", { cause }), {
      stack: "TypeError: failed\n    at here",
    });
    const logger = getLogger("a");
    logger.error("x", { error });
    logger.error("x", { error: "words" });
    logger.error("x", { error: { name: "Odd", message: "no stack", cause: { a: 1 } } });
    const attributes = exporter.getFinishedLogRecords().map((record) => record.attributes);
    expect(attributes).toEqual([
      {
        "exception.type": "TypeError",
        "exception.message": "failed",
        "exception.stacktrace":
          "TypeError: failed\n    at here\nCaused by: Error: refused\n    at there\nCaused by: because",
      },
      { error: "words" },
      {
        "exception.type": "Odd",
        "exception.message": "no stack",
        "exception.stacktrace": 'Odd: no stack\nCaused by: {"a":1}',
      },
    ]);
  });

  test("goes to the application's own provider where it has one", () => {
    const exporter = start(true);
    getLogger("a").info("ours");
    expect(exporter.getFinishedLogRecords()).toMatchObject([
      { body: "ours", resource: { attributes: { "service.name": "desk" } } },
    ]);
  });
});

describe("what makes log records", () => {
  test("serves OpenTelemetry's API, too, until it is released", () => {
    const exporter = start();
    logs.getLogger("theirs").emit({ body: "hello" });
    for (const release of releases.splice(0)) release();
    logs.getLogger("theirs").emit({ body: "too late" });
    expect(exporter.getFinishedLogRecords().map(({ body }) => body)).toEqual(["hello"]);
  });

  test("leaves a provider of the application in its place", () => {
    const theirs = new LoggerProvider();
    logs.setGlobalLoggerProvider(theirs);
    const complain = vi.fn<() => void>();
    diag.setLogger({
      verbose: complain,
      debug: () => undefined,
      info: complain,
      warn: complain,
      error: complain,
    });
    start();
    diag.disable();
    expect(complain).not.toHaveBeenCalled();
    expect(logs.getLoggerProvider()).toBe(theirs);
    releases[1]?.();
    expect(logs.getLoggerProvider()).toBe(theirs);
  });

  test("keeps apart as many loggers as there are", () => {
    const exporter = start();
    for (let index = 0; index < 600; index++) getLogger(`logger ${index}`).info("x");
    const scopes = exporter
      .getFinishedLogRecords()
      .map(({ instrumentationScope }) => instrumentationScope.name);
    expect(new Set(scopes).size).toBe(600);
  });
});
