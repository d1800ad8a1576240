import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { isTracingSuppressed } from "@opentelemetry/core";
import { afterEach, expect, test } from "vitest";
import { startOtlpSink } from "../testing/otlp-sink.fixture.ts";
import { createOtlpExporter } from "./otlp-exporter.ts";
import type { SignalFormat } from "./signal.ts";
import { traces } from "./signal.ts";

afterEach(() => {
  context.disable();
});

async function exportOnce(format: SignalFormat<never[]>, concurrencyLimit = 30): Promise<unknown> {
  const sink = await startOtlpSink({ protocol: "http/protobuf" });
  const exporter = createOtlpExporter(format, {
    collector: {
      url: `${sink.url}/v1/traces`,
      protocol: "http/protobuf",
      headers: {},
      timeoutMs: 30_000,
      compression: "none",
    },
    destination: "http://collector",
    concurrencyLimit,
    refused() {},
    report() {},
  });
  const result = await new Promise((resolve) => {
    exporter.export([], resolve);
  });
  await exporter.shutdown();
  await sink.close();
  return result;
}

test("an export is not traced by whoever traces requests", async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const suppressed: boolean[] = [];
  await exportOnce({
    ...traces,
    protobuf: {
      ...traces.protobuf,
      serializeRequest(items) {
        suppressed.push(isTracingSuppressed(context.active()));
        return traces.protobuf.serializeRequest(items);
      },
    },
  });
  expect(suppressed).toEqual([true]);
});

test("one export more than may be under way fails", async () => {
  expect(await exportOnce(traces, 0)).toMatchObject({
    code: 1,
    error: { message: "Concurrent export limit reached" },
  });
});
