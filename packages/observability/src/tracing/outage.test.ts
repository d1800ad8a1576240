import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { sequential, slot, workflow } from "@tta-dev/primitives";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ObservabilityOptions } from "../config/options.ts";
import { initializeObservability } from "../initialize.ts";
import type { Observability } from "../observability.ts";
import { startSink } from "../exit/sink.fixture.ts";
import type { SinkAnswer, SinkProtocol } from "../testing/otlp-sink.fixture.ts";

let observability: Observability | undefined;

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith("OTEL_")) vi.stubEnv(name, undefined);
  Reflect.deleteProperty(globalThis, Symbol.for("tta.dev/1"));
});
afterEach(async () => {
  await observability?.shutdown();
  vi.unstubAllEnvs();
});

const MAX_QUEUE_SIZE = 100;
const MAX_BATCH_SIZE = 20;

/** Observes this process, and counts its spans as they end. */
function observe(protocol: SinkProtocol, options: ObservabilityOptions) {
  let recorded = 0;
  const counting: SpanProcessor = {
    onStart() {},
    onEnd: () => void (recorded += 1),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  observability = initializeObservability({
    serviceName: "desk",
    otlpProtocol: protocol,
    prometheus: { enabled: false },
    maxQueueSize: MAX_QUEUE_SIZE,
    maxExportBatchSize: MAX_BATCH_SIZE,
    exportIntervalMs: 1,
    exportTimeoutMs: 100,
    shutdownTimeoutMs: 500,
    spanProcessors: [counting],
    ...options,
  });
  return { ...observability, recorded: () => recorded };
}

const greet = workflow(
  "greet",
  sequential(
    (name: string) => `Hello ${name}`,
    (greeting) => `${greeting}!`,
  ),
);

async function run(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await greet.execute("you");
}

function dropped(): Record<"full" | "failed", number> {
  const counter = slot().registry.counter("telemetry.dropped");
  return {
    full: counter.bind({ reason: "span_queue_full" }).value,
    failed: counter.bind({ reason: "span_export_failed" }).value,
  };
}

describe.each<SinkProtocol>(["http/protobuf", "grpc"])("a collector over %s", (protocol) => {
  test.each<[SinkAnswer]>([
    ["hang"],
    ["reset"],
    ["garbage"],
    [503],
    [{ status: 429, retryAfterSeconds: 60 }],
    [400],
  ])(
    "that answers %j and is back later costs no run its time, and every span is accounted for",
    async (answer) => {
      const sink = await startSink(protocol);
      let isBack = false;
      sink.behave(() => (isBack ? "ok" : answer));
      const { recorded, forceFlush } = observe(protocol, { otlpEndpoint: sink.url });
      // Many times what the queue holds; each run ends although nobody takes its spans.
      await run(200);
      expect(sink.spanCounts().total).toBe(0);
      const kept = recorded() - dropped().full - dropped().failed;
      expect(kept).toBeLessThanOrEqual(MAX_QUEUE_SIZE + MAX_BATCH_SIZE);
      isBack = true;
      await forceFlush();
      await run(5);
      await forceFlush();
      const { full, failed } = dropped();
      expect(sink.spanCounts().unique + full + failed).toBe(recorded());
      expect(recorded()).toBe(820);
      // Nothing that could be kept was lost.
      if (answer !== 400 && answer !== "garbage") expect(failed).toBe(0);
      expect(sink.spanCounts().unique).toBeGreaterThanOrEqual(20);
    },
  );

  test("that goes away and is back gets what waited", async () => {
    const sink = await startSink(protocol);
    const { recorded, forceFlush } = observe(protocol, { otlpEndpoint: sink.url });
    await run(2);
    await forceFlush();
    expect(sink.spanCounts().unique).toBe(8);
    await sink.close();
    await run(10);
    await forceFlush();
    const back = await startSink(protocol, sink.port);
    await forceFlush();
    // The library for gRPC does not try to connect again at once.
    await back.until(() => back.spanCounts().unique === 40);
    expect([recorded(), dropped()]).toEqual([48, { full: 0, failed: 0 }]);
  });

  test("gets each span at once where nothing is to be gathered", async () => {
    const sink = await startSink(protocol);
    observe(protocol, {
      otlpEndpoint: sink.url,
      batchSpanProcessor: false,
      exportIntervalMs: 600_000,
    });
    await run(3);
    await sink.until(() => sink.spanCounts().unique === 12);
    expect(sink.requests).toHaveLength(12);
  });
});
