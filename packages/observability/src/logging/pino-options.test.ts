import { context, ROOT_CONTEXT, trace, TraceFlags } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { workflow } from "@tta-dev/primitives";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { collectLines } from "./collected-lines.fixture.ts";
import { logMixin, pinoOptions } from "./pino-options.ts";

describe("the mixin for an application's own pino", () => {
  test("adds what joins the line to its trace and its run, as far as there is any", async () => {
    const output = collectLines();
    const logger = pino({ mixin: logMixin, base: null, timestamp: false }, output);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const span = {
      traceId: "1".repeat(32),
      spanId: "2".repeat(16),
      traceFlags: TraceFlags.SAMPLED,
    };
    try {
      await workflow("answer", () => {
        logger.info({ a: 1 }, "in a run");
      }).execute(1, { correlationId: "req-1", agentType: "coordinator" });
      context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => {
        logger.info("in a span");
      });
    } finally {
      context.disable();
    }
    logger.info("outside");
    expect(output.lines()).toEqual([
      {
        level: 30,
        correlation_id: "req-1",
        workflow_name: "answer",
        agent_type: "coordinator",
        a: 1,
        msg: "in a run",
      },
      { level: 30, trace_id: span.traceId, span_id: span.spanId, msg: "in a span" },
      { level: 30, msg: "outside" },
    ]);
  });
});

describe("the options for an application's own pino", () => {
  test("keep secrets and content out of fields, messages, bindings, errors and requests", () => {
    const output = collectLines();
    const logger = pino(
      { name: "shop", timestamp: false, ...pinoOptions({ paths: ["user.name"] }) },
      output,
    ).child({
      apiKey: "abc",
    });
    logger.info(
      { user: { name: "Ada", id: 1 }, password: "hunter2", prompt: "Hi" },
      "mail to %s",
      "ada@example.com",
    );
    logger.error(new Error("token=abc", { cause: new Error("password=hunter2") }));
    const request = {
      method: "GET",
      url: "/?token=abc",
      headers: { authorization: "Bearer x", accept: "*/*" },
      socket: {},
    };
    logger.info(request);
    expect(output.lines()).toMatchObject([
      {
        name: "shop",
        apiKey: "[redacted]",
        user: { name: "[redacted]", id: 1 },
        password: "[redacted]",
        prompt: "[redacted:content]",
        msg: "mail to [redacted:email]",
      },
      { msg: "token=[redacted:keyValue]", err: { type: "Error" } },
      {
        req: {
          method: "GET",
          url: "/?token=[redacted:keyValue]",
          headers: { authorization: "[redacted]", accept: "*/*" },
        },
      },
    ]);
    expect(output.text()).not.toMatch(/hunter2|abc|Bearer/);
    expect(output.text().split("\n")).toHaveLength(4);
  });

  test("redact also what is no JSON, and keep its line break", () => {
    const { hooks } = pinoOptions();
    expect(hooks.streamWrite?.("password=hunter2\r\n")).toBe("password=[redacted:keyValue]\r\n");
    expect(hooks.streamWrite?.('{"a":1}')).toBe('{"a":1}');
  });
});
