import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createProblemLog } from "../problem.ts";
import type { Problem } from "../problem.ts";
import type { Exporter } from "./guarded-exporter.ts";
import { guardExporter } from "./guarded-exporter.ts";
import { traces } from "./signal.ts";

const SUCCESS: ExportResult = { code: ExportResultCode.SUCCESS };
const failure = (message: string, code?: unknown): ExportResult => ({
  code: ExportResultCode.FAILED,
  error: Object.assign(new Error(message), code === undefined ? {} : { code }),
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  const timers = vi.getTimerCount();
  vi.useRealTimers();
  if (timers > 0) throw new Error(`${timers} timers are left`);
});

interface Guarded {
  readonly exporter: Exporter<ReadableSpan[]>;
  readonly problems: readonly Problem[];
  readonly results: ExportResult[];
  readonly lost: number[];
  readonly send: (spans: number) => void;
}

function guard(send: SpanExporter["export"]): Guarded {
  const { problems, report } = createProblemLog();
  const results: ExportResult[] = [];
  const lost: number[] = [];
  const exporter = guardExporter(
    { export: send, shutdown: () => Promise.resolve() },
    {
      items: traces.items,
      timeoutMs: 1000,
      destination: "http://collector/v1/traces",
      lost: (spans) => void lost.push(spans),
      report,
    },
  );
  return {
    exporter,
    problems,
    results,
    lost,
    send(spans) {
      exporter.export(
        Array.from<ReadableSpan>({ length: spans }),
        (result) => void results.push(result),
      );
    },
  };
}

describe("a guarded exporter", () => {
  test("passes a success on, once", () => {
    const { send, results, problems, lost } = guard((_spans, done) => {
      done(SUCCESS);
      done(failure("again"));
    });
    send(3);
    expect([results, problems, lost]).toEqual([[SUCCESS], [], []]);
  });

  test("turns an exception into a failure", () => {
    const { send, results, problems, lost } = guard(() => {
      throw new TypeError("no socket");
    });
    send(2);
    expect(results).toMatchObject([
      { code: ExportResultCode.FAILED, error: { message: "no socket" } },
    ]);
    expect(problems).toMatchObject([
      {
        code: "export_failed",
        message:
          "spans could not be sent to http://collector/v1/traces (no socket); 2 spans are lost",
      },
    ]);
    expect(lost).toEqual([2]);
  });

  test("gives up on an exporter that never answers", () => {
    const { send, results, problems } = guard(() => undefined);
    send(1);
    vi.advanceTimersByTime(999);
    expect(results).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(results).toMatchObject([{ code: ExportResultCode.FAILED }]);
    expect(problems).toMatchObject([
      {
        code: "collector_timeout",
        message:
          "the collector at http://collector/v1/traces did not answer in time; 1 span is lost",
      },
    ]);
  });

  test("flushes by waiting for every export that is under way", async () => {
    const waiting: ((result: ExportResult) => void)[] = [];
    const { exporter, send } = guard((_spans, done) => void waiting.push(done));
    send(1);
    send(1);
    let flushed = false;
    const flush = exporter.forceFlush().then(() => (flushed = true));
    waiting[0]?.(SUCCESS);
    await Promise.resolve();
    expect(flushed).toBe(false);
    waiting[1]?.(SUCCESS);
    await flush;
    expect(flushed).toBe(true);
  });

  test.each([
    [
      "collector_unreachable",
      failure("connect ECONNREFUSED 127.0.0.1:4318", "ECONNREFUSED"),
      "cannot be reached (connect ECONNREFUSED",
    ],
    ["collector_unreachable", failure("getaddrinfo ENOTFOUND collector", "ENOTFOUND"), "ENOTFOUND"],
    ["collector_timeout", failure("Request timed out"), "in time"],
    ["collector_timeout", failure("connect", "ETIMEDOUT"), "in time"],
    [
      "collector_unavailable",
      failure("Export failed with retryable status"),
      "429, 502, 503 or 504",
    ],
    ["collector_rejected", failure("Unauthorized", 401), "status 401"],
    [
      "export_failed",
      failure("Concurrent export limit reached"),
      "Concurrent export limit reached",
    ],
    ["export_failed", { code: ExportResultCode.FAILED }, "undefined"],
  ])("reports %s", (code, result, words) => {
    const { send, problems } = guard((_spans, done) => {
      done(result);
    });
    for (let round = 0; round < 1000; round++) send(5);
    expect(problems).toMatchObject([
      { code, message: expect.stringContaining(words), count: 1000 },
    ]);
    expect(problems[0]?.message).toContain("5 spans are lost");
  });
});
