import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { fallback, retry, slot, step, workflow } from "@tta-dev/primitives";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collectLines, settingsFor } from "./collected-lines.fixture.ts";
import type { LoggingSettings } from "./start-logging.ts";
import { startLogging } from "./start-logging.ts";

const output = { current: collectLines() };
let release = (): void => undefined;

function start(settings: Partial<LoggingSettings> = {}): void {
  release = startLogging({ ...settingsFor(output.current), ...settings }).release;
}

function failing(): Promise<unknown> {
  return workflow(
    "answer",
    retry(
      step("ask", () => {
        throw Object.assign(new Error("refused for ada@example.com"), { code: "E_ASK" });
      }),
      { attempts: 2, backoff: () => 0 },
    ),
  ).execute("x", { correlationId: "req-1", agentType: "coordinator" });
}

beforeEach(() => {
  output.current = collectLines();
});
afterEach(() => {
  release();
});

describe("events of the primitives", () => {
  test("are lines with the ids of the place where they happened", async () => {
    const spans = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(
      new TracerProvider({
        sampler: new AlwaysOnSampler(),
        spanProcessors: [new SimpleSpanProcessor({ exporter: spans })],
      }),
    );
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    start({ now: () => 0 });
    try {
      await expect(failing()).rejects.toThrow("refused");
    } finally {
      trace.disable();
      context.disable();
    }
    const finished = spans.getFinishedSpans();
    const named = (name: string): string | undefined =>
      finished.find((span) => span.name === name)?.spanContext().spanId;
    const [retried, failed] = output.current.lines();
    expect(retried).toMatchObject({
      timestamp: expect.not.stringMatching(/^1970/),
      level: "warn",
      event: "attempt.retried",
      logger: "tta.primitives",
      trace_id: finished[0]?.spanContext().traceId,
      span_id: named("primitive.retry.execute"),
      correlation_id: "req-1",
      workflow_name: "answer",
      agent_type: "coordinator",
      primitive_path: expect.stringContaining("answer"),
      attempt: 2,
    });
    expect(failed).toMatchObject({
      level: "error",
      event: "run.failed",
      span_id: named("primitive.workflow.execute"),
      error_type: "E_ASK",
      error_message: "refused for [redacted:email]",
      error: { code: "E_ASK", message: "refused for [redacted:email]" },
    });
  });

  test("are left out below the level for lines, and below their own", async () => {
    start({ level: "error" });
    await expect(failing()).rejects.toThrow("refused");
    expect(output.current.lines().map(({ event }) => event)).toEqual(["run.failed"]);
    release();
    start({ eventsLevel: "silent" });
    await expect(failing()).rejects.toThrow("refused");
    expect(output.current.lines()).toHaveLength(1);
  });

  test("are no longer written once logging has been released", async () => {
    const listeners = slot().logListeners.size;
    start();
    await workflow(
      "a",
      fallback(() => Promise.reject(new Error("no")), [() => 1]),
    ).execute(1);
    expect(output.current.lines()).toMatchObject([{ event: "fallback.served" }]);
    release();
    await workflow(
      "a",
      fallback(() => Promise.reject(new Error("no")), [() => 1]),
    ).execute(1);
    expect(output.current.lines()).toHaveLength(1);
    expect(slot().logListeners.size).toBe(listeners);
  });
});
