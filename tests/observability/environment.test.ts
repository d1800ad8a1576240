import { context, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { getLogger, initializeObservability } from "@tta-dev/observability";
import type { Observability } from "@tta-dev/observability";
import { workflow } from "@tta-dev/primitives";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { SinkSignal } from "../../packages/observability/src/testing/otlp-sink.fixture.ts";
import { afterwards, codesOf, pageOf, startSink } from "./initialized.fixture.ts";

const SIGNALS: readonly SinkSignal[] = ["traces", "metrics", "logs"];

/** Initialises with nothing but the environment. Port 0, unless a variable says otherwise. */
function initializeWith(variables: Readonly<Record<string, string>>): Observability {
  const all = {
    PROMETHEUS_PORT: "0",
    OTEL_SERVICE_NAME: "desk",
    LOG_LEVEL: "silent",
    ...variables,
  };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  const observability = initializeObservability();
  afterwards(() => observability.shutdown());
  return observability;
}

const greet = workflow("greet", (name: string) => `Hello ${name}`);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Lines that are written to standard output while this runs. */
async function linesOf(run: () => unknown): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await run();
    return written.mock.calls
      .flatMap(([chunk]) => String(chunk).trim().split("\n"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  } finally {
    written.mockRestore();
  }
}

describe("the service", () => {
  test.each([
    [{ OTEL_SERVICE_NAME: "shop" }, { "service.name": "shop" }],
    [
      { OTEL_RESOURCE_ATTRIBUTES: "team=blue%20whale,service.version=2.1.0" },
      { "service.name": "desk", team: "blue whale", "service.version": "2.1.0" },
    ],
    [{ NODE_ENV: "staging" }, { "deployment.environment.name": "staging" }],
    [{ NODE_ENV: "test", ENVIRONMENT: "canary" }, { "deployment.environment.name": "canary" }],
  ])("%j is on every signal and on the page", async (variables, expected) => {
    const sink = await startSink();
    const observability = initializeWith({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      ...variables,
      LOG_LEVEL: "info",
    });
    await linesOf(async () => {
      await greet.execute("you");
      getLogger("desk").info("greeted");
      await observability.forceFlush();
    });
    for (const sent of [sink.spans(), sink.metrics(), sink.logRecords()]) {
      expect(sent.length).toBeGreaterThan(0);
      for (const { resource } of sent) expect(resource).toMatchObject(expected);
    }
    const [info = ""] = /^target_info.*$/m.exec(await pageOf(observability)) ?? [];
    for (const [name, value] of Object.entries(expected))
      expect(info).toContain(`${name.replaceAll(".", "_")}="${value}"`);
  });
});

describe("the collector", () => {
  async function sendAll(variables: Readonly<Record<string, string>>): Promise<Observability> {
    const observability = initializeWith({ LOG_LEVEL: "info", ...variables });
    await linesOf(async () => {
      await greet.execute("you");
      getLogger("desk").info("greeted");
      await observability.forceFlush();
    });
    return observability;
  }

  test("OTEL_EXPORTER_OTLP_ENDPOINT gets all three signals", async () => {
    const sink = await startSink();
    const observability = await sendAll({ OTEL_EXPORTER_OTLP_ENDPOINT: `${sink.url}/` });
    expect(sink.requests.map(({ path }) => path).toSorted()).toEqual([
      "/v1/logs",
      "/v1/metrics",
      "/v1/traces",
    ]);
    expect(observability.problems).toEqual([]);
  });

  test.each(SIGNALS)("OTEL_EXPORTER_OTLP_*_ENDPOINT sends %s alone to its own", async (signal) => {
    const [sink, own] = await Promise.all([startSink(), startSink()]);
    await sendAll({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]: `${own.url}/as/it/is/v1/${signal}`,
    });
    expect(own.requests.map(({ path }) => path)).toEqual([`/as/it/is/v1/${signal}`]);
    expect(sink.requests.map((request) => request.signal).toSorted()).toEqual(
      SIGNALS.filter((other) => other !== signal).toSorted(),
    );
  });

  test.each(["http/protobuf", "http/json", "grpc"] as const)(
    "OTEL_EXPORTER_OTLP_PROTOCOL says %s",
    async (protocol) => {
      const sink = await startSink(protocol);
      await sendAll({
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      });
      expect(sink.faults).toEqual([]);
      expect(new Set(sink.requests.map(({ signal }) => signal))).toEqual(new Set(SIGNALS));
    },
  );

  test.each(SIGNALS)("the variables for %s alone win", async (signal) => {
    const sink = await startSink("http/json");
    const own = (what: string): string => `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`;
    await sendAll({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_HEADERS: "x-all=1,x-key=all",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      [own("PROTOCOL")]: "http/protobuf",
      [own("HEADERS")]: "x-key=own%20one",
      [own("COMPRESSION")]: "none",
    });
    expect(sink.requests).toHaveLength(3);
    for (const { headers, signal: sent } of sink.requests)
      expect([
        headers["x-all"],
        headers["x-key"],
        headers["content-type"],
        headers["content-encoding"],
      ]).toEqual(
        sent === signal
          ? ["1", "own one", "application/x-protobuf", undefined]
          : ["1", "all", "application/json", "gzip"],
      );
  });

  test.each(SIGNALS)("the timeout for %s is kept", async (signal) => {
    const sink = await startSink();
    sink.behave((request) => (request.signal === signal ? "hang" : "ok"));
    const observability = await sendAll({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_TIMEOUT`]: "50",
    });
    expect(codesOf(observability)).toEqual(["collector_timeout"]);
    sink.behave(() => "ok");
  });

  test.each(SIGNALS)("OTEL_*_EXPORTER=none sends no %s", async (signal) => {
    const sink = await startSink();
    await sendAll({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      [`OTEL_${signal.toUpperCase()}_EXPORTER`]: "none",
    });
    expect(sink.requests.map((request) => request.signal).toSorted()).toEqual(
      SIGNALS.filter((other) => other !== signal).toSorted(),
    );
  });

  test("OTEL_TRACES_EXPORTER=console prints them", async () => {
    const printed = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      await sendAll({ OTEL_TRACES_EXPORTER: "console" });
      expect(printed.mock.calls.join()).toContain("primitive.workflow.execute");
    } finally {
      printed.mockRestore();
    }
  });

  test("the sort of histogram and of sum is as the variables say", async () => {
    const sink = await startSink();
    await sendAll({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta",
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION:
        "base2_exponential_bucket_histogram",
    });
    const duration = sink.metrics().find(({ name }) => name === "primitive.execution.duration");
    expect(duration?.histogram).toBeUndefined();
    expect(duration?.exponentialHistogram?.aggregationTemporality).toBe(1);
  });
});

describe("sampling and propagation", () => {
  test.each([
    [{ OTEL_TRACES_SAMPLER: "always_on" }, true, false],
    [{ OTEL_TRACES_SAMPLER: "always_off" }, false, false],
    [{ OTEL_TRACES_SAMPLER: "parentbased_always_off" }, false, true],
    [{ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0" }, false, false],
    [{ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "1" }, true, false],
    [
      { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0" },
      false,
      true,
    ],
  ])("%j: roots %s, children of a sampled parent %s", async (variables, root, child) => {
    const sink = await startSink();
    const observability = initializeWith({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, ...variables });
    trace.getTracer("test").startSpan("root").end();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
    trace.getTracer("test").startSpan("child", {}, parent).end();
    await observability.forceFlush();
    const names = sink.spans().map(({ name }) => name);
    expect([names.includes("root"), names.includes("child")]).toEqual([root, child || root]);
  });

  test.each([
    ["tracecontext", ["traceparent"]],
    ["baggage", ["baggage"]],
    ["b3", ["b3"]],
    ["b3multi", ["x-b3-sampled", "x-b3-spanid", "x-b3-traceid"]],
    ["tracecontext,baggage,b3", ["b3", "baggage", "traceparent"]],
    ["none", []],
  ])("OTEL_PROPAGATORS=%s sends and takes %j", (names, headers) => {
    initializeWith({ OTEL_PROPAGATORS: names });
    const carrier: Record<string, string> = {};
    const span = trace.getTracer("test").startSpan("out");
    const baggage = propagation.createBaggage({ tenant: { value: "7" } });
    propagation.inject(
      propagation.setBaggage(trace.setSpan(context.active(), span), baggage),
      carrier,
    );
    // What the sampler knows goes along with a traceparent.
    const sent = Object.keys(carrier).filter((name) => name !== "tracestate");
    expect(sent.toSorted()).toEqual(headers);
    const taken = propagation.extract(ROOT_CONTEXT, carrier);
    const hasTrace = headers.some((header) => header !== "baggage");
    expect(trace.getSpanContext(taken)?.traceId).toBe(
      hasTrace ? span.spanContext().traceId : undefined,
    );
    span.end();
  });

  test("OTEL_SDK_DISABLED leaves nothing but propagation", async () => {
    const sink = await startSink();
    const observability = initializeWith({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_SDK_DISABLED: "true",
    });
    await observability.ready;
    await greet.execute("you");
    await observability.forceFlush();
    expect([observability.enabled, observability.metricsUrl, sink.requests]).toEqual([
      false,
      undefined,
      [],
    ]);
  });
});

describe("the metrics page", () => {
  test.each([
    ["PROMETHEUS_HOST", "PROMETHEUS_PORT"],
    ["OTEL_EXPORTER_PROMETHEUS_HOST", "OTEL_EXPORTER_PROMETHEUS_PORT"],
  ])("is at %s and %s", async (host, port) => {
    const free = await freePort();
    const observability = initializeWith({ [host]: "127.0.0.2", [port]: String(free) });
    await observability.ready;
    expect(observability.metricsUrl).toBe(`http://127.0.0.2:${free}/metrics`);
    expect(await pageOf(observability)).toContain("target_info");
  });
});

describe("logs", () => {
  const tell = (): Promise<unknown> =>
    workflow("told", () => {
      getLogger("desk").debug("quiet");
      getLogger("desk").warn("loud");
    }).execute(undefined);

  test.each([
    ["debug", ["quiet", "loud"]],
    ["WARNING", ["loud"]],
    ["error", []],
  ])("LOG_LEVEL=%s writes %j", async (level, events) => {
    const observability = initializeWith({ LOG_LEVEL: level });
    const lines = await linesOf(async () => {
      await tell();
      await observability.forceFlush();
      process.stdout.write('{"event":"end"}\n');
    });
    expect(lines.map(({ event }) => event)).toEqual([...events, "end"]);
  });

  test.each([
    ["true", true],
    ["false", false],
  ])("TTA_LOG_CORRELATION=%s: trace id %s", async (value, correlated) => {
    const observability = initializeWith({ LOG_LEVEL: "warn", TTA_LOG_CORRELATION: value });
    const [line] = await linesOf(async () => {
      await tell();
      await observability.forceFlush();
    });
    expect(["trace_id" in line!, "workflow_name" in line!]).toEqual([correlated, correlated]);
  });
});

describe("batches", () => {
  test("OTEL_BSP_SCHEDULE_DELAY and OTEL_METRIC_EXPORT_INTERVAL say when", async () => {
    const sink = await startSink();
    initializeWith({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_BSP_SCHEDULE_DELAY: "10",
      OTEL_METRIC_EXPORT_INTERVAL: "10",
    });
    await greet.execute("you");
    const arrived = sink.until(() => sink.spans().length > 0 && sink.metrics().length > 0);
    await expect(arrived).resolves.toBeUndefined();
  });

  test("OTEL_BSP_MAX_EXPORT_BATCH_SIZE says how many spans go together", async () => {
    const sink = await startSink();
    const observability = initializeWith({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "2",
    });
    for (let count = 0; count < 6; count++) trace.getTracer("test").startSpan("work").end();
    await observability.forceFlush();
    expect([sink.requests.length, sink.spans().length]).toEqual([3, 6]);
  });

  test("OTEL_BSP_MAX_QUEUE_SIZE says how many wait; what is dropped is told and counted", async () => {
    const sink = await startSink();
    const observability = initializeWith({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_BSP_MAX_QUEUE_SIZE: "3",
    });
    for (let count = 0; count < 10; count++) trace.getTracer("test").startSpan("work").end();
    await observability.forceFlush();
    expect(sink.spans().length).toBeLessThan(10);
    expect(codesOf(observability)).toEqual(["spans_dropped"]);
    expect(observability.problems[0]?.count).toBe(10 - sink.spans().length);
  });

  test("OTEL_BSP_EXPORT_TIMEOUT says how long a batch may take", async () => {
    const sink = await startSink();
    sink.behave(() => "hang");
    const observability = initializeWith({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_BSP_EXPORT_TIMEOUT: "50",
    });
    trace.getTracer("test").startSpan("work").end();
    await observability.forceFlush();
    expect(codesOf(observability)).toEqual(["collector_timeout"]);
    sink.behave(() => "ok");
  });

  test("TTA_SPOOL_FOLDER keeps what could not be sent", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tta-spool-"));
    afterwards(() => {
      rmSync(folder, { recursive: true });
    });
    const observability = initializeWith({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
      TTA_SPOOL_FOLDER: folder,
    });
    trace.getTracer("test").startSpan("work").end();
    await observability.shutdown();
    expect(existsSync(folder) && readdirSync(folder, { recursive: true }).length).toBeGreaterThan(
      0,
    );
  });
});
