import { context, ROOT_CONTEXT, trace, TraceFlags } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import { sequential, workflow } from "@tta-dev/primitives";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CollectedLines } from "./collected-lines.fixture.ts";
import { collectLines, settingsFor } from "./collected-lines.fixture.ts";
import { getLogger } from "./logger.ts";
import { anything } from "./redaction/anything.fixture.ts";
import type { LoggingSettings, RunningLogging } from "./start-logging.ts";
import { startLogging } from "./start-logging.ts";

let output: CollectedLines;
const running: RunningLogging[] = [];

function start(settings: Partial<LoggingSettings> = {}): void {
  const now = (): number => Date.UTC(2026, 0, 2, 3, 4, 5, 6);
  running.push(startLogging({ ...settingsFor(output), now, ...settings }));
}

beforeEach(() => {
  output = collectLines();
});
afterEach(() => {
  for (const { release } of running.splice(0).toReversed()) release();
});

describe("a log line", () => {
  test("has time, level, event and logger first, then the caller's fields", () => {
    start();
    getLogger("billing").warn("invoice_sent", {
      id: "i-17",
      paid: false,
      amount: 12.5,
      none: undefined,
    });
    expect(output.text()).toBe(
      '{"timestamp":"2026-01-02T03:04:05.006Z","level":"warn","event":"invoice_sent","logger":"billing","id":"i-17","paid":false,"amount":12.5}\n',
    );
  });

  test("has trace and run in between, in the order of the catalogue", async () => {
    start();
    const provider = new TracerProvider({ sampler: new AlwaysOnSampler() });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const logger = getLogger("desk");
    let ids: unknown;
    try {
      await workflow(
        "answer",
        sequential((question: string) => {
          const span = trace.getActiveSpan()?.spanContext();
          ids = [span?.traceId, span?.spanId];
          logger.info("asked", { length: question.length });
          return question;
        }),
      ).execute("why?", { correlationId: "req-1", agentType: "coordinator" });
    } finally {
      trace.disable();
      context.disable();
    }
    const [line = {}] = output.lines();
    expect(Object.keys(line)).toEqual([
      "timestamp",
      "level",
      "event",
      "logger",
      "trace_id",
      "span_id",
      "correlation_id",
      "workflow_name",
      "agent_type",
      "length",
    ]);
    expect([line["trace_id"], line["span_id"]]).toEqual(ids);
    expect(line).toMatchObject({
      correlation_id: "req-1",
      workflow_name: "answer",
      agent_type: "coordinator",
    });
  });

  test("knows the run also where OpenTelemetry has no context manager", async () => {
    start();
    trace.setGlobalTracerProvider(new TracerProvider({ sampler: new AlwaysOnSampler() }));
    try {
      await workflow("answer", () => {
        getLogger("desk").info("asked");
      }).execute("x");
    } finally {
      trace.disable();
    }
    expect(output.lines()).toMatchObject([
      { workflow_name: "answer", trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
  });

  test("has neither where correlation is off, or where the span is none", async () => {
    const span = trace.wrapSpanContext({
      traceId: "0".repeat(32),
      spanId: "0".repeat(16),
      traceFlags: TraceFlags.NONE,
    });
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      start();
      context.with(trace.setSpan(ROOT_CONTEXT, span), () => {
        getLogger("a").info("x");
      });
      start({ correlation: false });
      await workflow("answer", () => {
        getLogger("a").info("y");
      }).execute(1);
    } finally {
      context.disable();
    }
    for (const line of output.lines())
      expect(Object.keys(line)).toEqual(["timestamp", "level", "event", "logger"]);
  });

  test("takes a caller's ids of the run in their place, and renames what would hide its own", async () => {
    start();
    await workflow("answer", () => {
      getLogger("a").info("x", {
        workflow_name: "mine",
        level: "high",
        trace_id: "t",
        timestamp: 1,
      });
    }).execute(1, { correlationId: "req-1" });
    const [line = {}] = output.lines();
    expect(Object.keys(line).slice(4)).toEqual([
      "correlation_id",
      "workflow_name",
      "field_level",
      "field_trace_id",
      "field_timestamp",
    ]);
    expect(line).toMatchObject({
      level: "info",
      workflow_name: "mine",
      field_level: "high",
      field_trace_id: "t",
    });
  });

  test("writes fields that look like a request as fields", () => {
    start();
    getLogger("a").info("x", { method: "GET", headers: { accept: "*/*" }, socket: { id: 1 } });
    expect(output.lines()).toMatchObject([
      { method: "GET", headers: { accept: "*/*" }, socket: { id: 1 } },
    ]);
  });

  test("tells an error in its field, and one that was given in the place of event or fields", () => {
    start();
    const error = new Error("no route");
    const logger = getLogger("a");
    logger.error("failed", { error });
    logger.error("failed", error as never);
    logger.error(error as never);
    const lines = output.lines();
    expect(lines.map((line) => line["event"])).toEqual(["failed", "failed", "no route"]);
    for (const line of lines)
      expect(line["error"]).toMatchObject({
        name: "Error",
        message: "no route",
        stack: expect.stringContaining("\n    at "),
      });
  });

  test("has the fields of a child and of its child, the nearest winning", () => {
    start();
    const child = getLogger("a").child({ request: 1, user: "u" }).child({ request: 2 });
    child.info("x", { user: "v", last: true });
    expect(output.lines()).toMatchObject([{ logger: "a", request: 2, user: "v", last: true }]);
  });

  test("is one line of JSON whatever is logged, and logging never throws", () => {
    start({ level: "trace" });
    const levels = ["debug", "info", "warn", "error", "fatal"] as const;
    let written = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...levels),
        fc.oneof(fc.string(), anything()),
        anything(),
        anything(),
        (level, event, bound, fields) => {
          const logger = getLogger("fuzz").child({ bound: bound() });
          logger[level](
            (typeof event === "function" ? event() : event) as string,
            fields() as never,
          );
          written += 1;
        },
      ),
      { numRuns: 500 },
    );
    const lines = output.lines();
    expect(lines.length).toBe(written);
    for (const line of lines) {
      expect(Object.keys(line).slice(0, 4)).toEqual(["timestamp", "level", "event", "logger"]);
      expect(line["logger"]).toBe("fuzz");
    }
  });

  test("has each name once", () => {
    start();
    getLogger("a")
      .child({ x: 1, error: 1 })
      .info("e", { x: 2, error: new Error("b") });
    expect(output.text().match(/"x":|"error":/g)).toEqual(['"x":', '"error":']);
  });

  test("is written once although its fields log while they are read, and such a line, too", () => {
    start();
    const logger = getLogger("a");
    const chatty = {
      get field(): string {
        logger.info("read", chatty);
        return "x";
      },
    };
    logger.info("outer", chatty);
    expect(output.lines().map((line) => line["event"])).toEqual(["read", "read", "read", "outer"]);
  });
});
