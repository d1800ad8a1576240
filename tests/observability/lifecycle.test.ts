import {
  context,
  logs,
  metrics,
  propagation,
  ProxyTracerProvider,
  trace,
} from "@opentelemetry/api";
import { getTracer } from "@tta-dev/observability";
import { slot, workflow } from "@tta-dev/primitives";
import { defineSlo } from "@tta-dev/primitives/slo";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { getActiveResourcesInfo } from "node:process";
import { expect, test, vi } from "vitest";
import { afterwards, codesOf, initialize, startSink } from "./initialized.fixture.ts";
import { start } from "./program.fixture.ts";

const greet = workflow("greet", (name: string) => `Hello ${name}`);

/** Whatever an initialisation may have left in the process. */
function left(): Readonly<Record<string, unknown>> {
  const provider = trace.getTracerProvider();
  const { runListeners, logListeners, sloListeners, slos, spans, unsampledIsFinal } = slot();
  return {
    runListeners: runListeners.size,
    logListeners: logListeners.size,
    sloListeners: sloListeners.size,
    slos: slos.size,
    spans,
    unsampledIsFinal,
    genAiMetrics: slot().genAiMetrics,
    baggageKeys: [...slot().baggageKeys],
    observability: slot().observability,
    gauges: slot()
      .registry.snapshot()
      .metrics.filter(({ name }) => /^(?:slo\.(?!events)|throughput\.|anomaly\.score)/.test(name))
      .map(({ name }) => name),
    exitListeners: ["exit", "beforeExit", "SIGTERM", "SIGINT", "SIGHUP"].map((event) =>
      process.listenerCount(event),
    ),
    tracing: provider instanceof ProxyTracerProvider && provider.getDelegate() === noProvider,
    metrics: metrics.getMeterProvider() === noMeters,
    logs: logs.getLoggerProvider().constructor.name,
    context: context.with(context.active().setValue(Symbol.for("x"), 1), () =>
      context.active().getValue(Symbol.for("x")),
    ),
    fields: propagation.fields(),
    servers: getActiveResourcesInfo().filter((kind) => /^TCP.*Server/.test(kind)).length,
  };
}
const noProvider = new ProxyTracerProvider().getDelegate();
const noMeters = metrics.getMeterProvider();

test("shutdown leaves nothing, however often", async () => {
  const sink = await startSink();
  const run = async (): Promise<void> => {
    const slo = defineSlo({ name: "up", objective: 0.9, indicator: { kind: "availability" } });
    const observability = initialize({
      otlpEndpoint: sink.url,
      exitHooks: true,
      slos: [slo],
      spans: "compact",
      genAiMetrics: true,
      baggageKeys: ["tenant"],
      sampling: { tail: { ratio: 1 } },
    });
    await observability.ready;
    await greet.execute("you");
    await observability.shutdown();
    expect(observability.problems).toEqual([]);
  };
  // Timers that keep no process alive are in no list of Node's.
  const set = vi.spyOn(globalThis, "setInterval");
  const cleared = vi.spyOn(globalThis, "clearInterval");
  // Standard output, once it is in use, stays so.
  await run();
  const before = left();
  expect(before).toMatchObject({
    runListeners: 0,
    logListeners: 0,
    slos: 0,
    observability: undefined,
  });
  for (let count = 0; count < 3; count++) await run();
  expect(left()).toEqual(before);
  const intervals = set.mock.results.map(({ value }) => value as unknown);
  expect(intervals.length).toBeGreaterThan(0);
  const over = new Set(cleared.mock.calls.map(([interval]) => interval as unknown));
  expect(intervals.filter((interval) => !over.has(interval))).toEqual([]);
  set.mockRestore();
  cleared.mockRestore();
  // The workflow and its step, four times.
  expect(sink.spanCounts()).toEqual({ total: 8, unique: 8 });
});

test("called twice, it is one, and says so", async () => {
  const first = initialize();
  const second = initialize({ serviceName: "other" });
  expect(second).toBe(first);
  expect(codesOf(first)).toEqual(["already_initialized"]);
});

test("what was started again is not stopped by the first one's shutdown", async () => {
  const first = initialize();
  await first.shutdown();
  const second = initialize();
  await first.shutdown();
  await greet.execute("you");
  expect(second.throughput().all.runs).toBe(1);
});

test("fetch is given back to those who had it", async () => {
  const heard = vi.fn<() => void>();
  subscribe("undici:request:create", heard);
  afterwards(() => unsubscribe("undici:request:create", heard));
  const sink = await startSink("http/json");
  const observability = initialize({ otlpEndpoint: sink.url, otlpProtocol: "http/json" });
  // Outside of any trace a call gets no span.
  const ask = (): Promise<unknown> =>
    getTracer("test").startActiveSpan("ask", async (span) => {
      await (await fetch(`${sink.url}/v1/logs`, { method: "POST", body: "{}" })).text();
      span.end();
    });
  await ask();
  await observability.forceFlush();
  expect(sink.spans().map(({ name }) => name)).toEqual(["POST", "ask"]);
  await observability.shutdown();
  const again = initialize({ otlpEndpoint: sink.url, otlpProtocol: "http/json" });
  await ask();
  await again.forceFlush();
  expect(sink.spanCounts()).toEqual({ total: 4, unique: 4 });
  expect(heard).toHaveBeenCalledTimes(2);
});

test.each(["http://127.0.0.1:9", "http://nobody.invalid:4318", "http://127.0.0.1:9999"])(
  "with a dead collector at %s shutdown ends in time, and nothing rejects",
  async (otlpEndpoint) => {
    const observability = initialize({
      otlpEndpoint,
      shutdownTimeoutMs: 300,
      prometheus: { host: "192.0.2.1", port: 1 },
    });
    await expect(observability.ready).resolves.toBeUndefined();
    await greet.execute("you");
    await expect(observability.forceFlush()).resolves.toBeUndefined();
    await expect(observability.shutdown()).resolves.toBeUndefined();
    expect(codesOf(observability)).toContain("metrics_port");
    expect(codesOf(observability).some((code) => /collector_|flush_timeout/.test(code))).toBe(true);
  },
);

test("a program that only initialises ends by itself", async () => {
  const { code, stderr } = await start("idle.program.fixture.ts").ended;
  expect([code, stderr]).toEqual([0, ""]);
});
