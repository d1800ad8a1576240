import {
  context,
  createContextKey,
  diag,
  propagation,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { slot } from "@tta-dev/primitives";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ObservabilityOptions } from "./config/options.ts";
import { initializeObservability } from "./initialize.ts";
import type { Observability } from "./observability.ts";

const running = new Set<Observability>();

/** Nothing that the machine has set may count. */
beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (/^(OTEL|PROMETHEUS)_|^(ENVIRONMENT|NODE_ENV)$/.test(name)) vi.stubEnv(name, undefined);
  }
});

afterEach(async () => {
  for (const observability of running) await observability.shutdown();
  running.clear();
  vi.unstubAllEnvs();
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
});

function initialize(options: ObservabilityOptions = {}): Observability {
  const observability = initializeObservability({
    serviceName: "desk",
    prometheus: { port: 0 },
    consoleExporter: false,
    ...options,
  });
  running.add(observability);
  return observability;
}

/** A processor that keeps what it is given. */
function recorder(): { readonly processor: SpanProcessor; readonly spans: ReadableSpan[] } {
  const spans: ReadableSpan[] = [];
  return {
    spans,
    processor: {
      onStart: () => undefined,
      onEnd: (span) => void spans.push(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },
  };
}

function registeredProvider(): unknown {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
}

/** Where the OpenTelemetry API keeps what is registered; `stubGlobal` takes a symbol, though its type says string. */
const API = Symbol.for("opentelemetry.js.api.1") as unknown as string;
const noProvider = new ProxyTracerProvider().getDelegate();

function carriesContext(): boolean {
  const marked = ROOT_CONTEXT.setValue(createContextKey("marked"), 1);
  return context.with(marked, () => context.active()) === marked;
}

describe("initializeObservability", () => {
  test("records spans with the service's resource", () => {
    vi.stubEnv("OTEL_RESOURCE_ATTRIBUTES", "team=blue,service.name=ignored");
    const { spans, processor } = recorder();
    initialize({ serviceVersion: "1.2.3", environment: "staging", spanProcessors: [processor] });
    trace.getTracer("test").startSpan("work").end();
    expect(spans.map(({ name }) => name)).toEqual(["work"]);
    expect(spans[0]?.resource.attributes).toMatchObject({
      "service.name": "desk",
      "service.version": "1.2.3",
      "deployment.environment.name": "staging",
      "telemetry.sdk.language": "nodejs",
      team: "blue",
    });
  });

  test("carries context through async code and W3C headers in and out", async () => {
    initialize();
    const headers = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      baggage: "tenant=7",
    };
    const sent = await context.with(propagation.extract(ROOT_CONTEXT, headers), async () => {
      await Promise.resolve();
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      return carrier;
    });
    expect(sent).toEqual(headers);
  });

  test.each([
    [{}, 100, true],
    [{ traceSampleRate: 0 }, 0, true],
    [{ traceSampleRate: 0, parentBased: false }, 0, false],
  ] as const)("samples as told: %j", (...[options, recorded, final]) => {
    const { spans, processor } = recorder();
    initialize({ ...options, spanProcessors: [processor] });
    for (let index = 0; index < 100; index++) trace.getTracer("test").startSpan("work").end();
    expect([spans.length, slot().unsampledIsFinal]).toEqual([recorded, final]);
  });

  test("samples a part of the traces, and a remote parent's decision comes first", () => {
    const { spans, processor } = recorder();
    initialize({ traceSampleRate: 0.5, spanProcessors: [processor] });
    const tracer = trace.getTracer("test");
    for (let index = 0; index < 1000; index++) tracer.startSpan("root").end();
    expect(spans.length).toBeGreaterThan(350);
    expect(spans.length).toBeLessThan(650);
    const rooted = spans.length;
    const parent = (flags: string): string =>
      `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`;
    tracer
      .startSpan("sampled", {}, propagation.extract(ROOT_CONTEXT, { traceparent: parent("01") }))
      .end();
    tracer
      .startSpan("unsampled", {}, propagation.extract(ROOT_CONTEXT, { traceparent: parent("00") }))
      .end();
    expect(spans.slice(rooted).map(({ name }) => name)).toEqual(["sampled"]);
  });

  test("says what is set and who said so", () => {
    vi.stubEnv("OTEL_BSP_MAX_QUEUE_SIZE", "4096");
    const { config } = initialize({ spans: "compact" });
    expect(config.maxQueueSize).toEqual({ value: 4096, source: "OTEL_BSP_MAX_QUEUE_SIZE" });
    expect(config.spans).toEqual({ value: "compact", source: "option" });
    expect(slot().spans).toBe("compact");
  });

  test("refuses a wrong option and starts nothing", () => {
    expect(() => initialize({ traceSampleRate: 2 })).toThrow(RangeError);
    expect(registeredProvider()).toBe(noProvider);
    expect(initialize().problems).toEqual([]);
  });

  test("called again, returns what runs and says so", () => {
    const first = initialize();
    const second = initialize({ serviceName: "other", traceSampleRate: 0 });
    expect(second).toBe(first);
    expect(first.problems).toMatchObject([{ code: "already_initialized", count: 1 }]);
    expect(first.config.serviceName.value).toBe("desk");
  });

  test("a processor that throws disturbs neither spans nor the other processors", () => {
    const { spans, processor } = recorder();
    const broken: SpanProcessor = {
      ...processor,
      onStart() {
        throw new Error("boom");
      },
      onEnd() {
        throw new Error("boom");
      },
    };
    const { problems } = initialize({ spanProcessors: [broken, processor] });
    trace.getTracer("test").startSpan("work").end();
    expect(spans).toHaveLength(1);
    expect(problems.map(({ code }) => code)).toEqual(["span_processor", "span_processor"]);
  });
});

describe("tracing that cannot start", () => {
  test("is a problem, and the rest starts", async () => {
    const broken = { ...recorder().processor };
    Object.defineProperty(broken, "constructor", {
      get() {
        throw new Error("no name");
      },
    });
    const observability = initialize({ spanProcessors: [broken] });
    await observability.ready;
    expect(observability.problems).toMatchObject([
      { code: "tracing_failed", message: expect.stringContaining("no name") },
    ]);
    expect(observability.metricsUrl).toBeDefined();
    expect(registeredProvider()).toBe(noProvider);
  });
});

describe("the metrics page", () => {
  test("serves the registry with the service in target_info", async () => {
    slot()
      .registry.counter("retry.attempts")
      .bind({ primitive_name: "search", reason: "timeout" })
      .add(3);
    const observability = initialize();
    expect(observability.metricsUrl).toBeUndefined();
    await observability.ready;
    const page = await (await fetch(observability.metricsUrl ?? "")).text();
    expect(page).toContain('retry_attempts_total{primitive_name="search",reason="timeout"} 3\n');
    expect(page).toMatch(/^target_info\{.*service_name="desk".*\} 1$/m);
  });

  test("a taken port is a problem, and spans are recorded all the same", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { spans, processor } = recorder();
    const observability = initialize({
      prometheus: { port: (other.address() as AddressInfo).port },
      spanProcessors: [processor],
    });
    await observability.ready;
    trace.getTracer("test").startSpan("work").end();
    expect(observability.metricsUrl).toBeUndefined();
    expect(observability.problems).toMatchObject([{ code: "metrics_port" }]);
    expect(spans).toHaveLength(1);
    other.close();
  });

  test("can be turned off", async () => {
    const observability = initialize({ prometheus: { enabled: false } });
    await observability.ready;
    expect(observability.metricsUrl).toBeUndefined();
  });
});

describe("an SDK that the application has registered", () => {
  test("keeps its place and its spans, and the rest starts", async () => {
    const exporter = new InMemorySpanExporter();
    const theirs = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    trace.setGlobalTracerProvider(theirs);
    const { spans, processor } = recorder();
    const observability = initialize({ spanProcessors: [processor], spans: "compact" });
    await observability.ready;
    trace.getTracer("test").startSpan("work").end();
    await theirs.forceFlush();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["work"]);
    expect(spans).toEqual([]);
    expect(observability.problems).toMatchObject([
      { code: "sdk_kept", message: expect.stringContaining("the application has registered") },
    ]);
    expect(observability.metricsUrl).toBeDefined();
    expect(slot()).toMatchObject({ spans: "compact", unsampledIsFinal: false });
    expect(carriesContext()).toBe(false);

    await observability.shutdown();
    expect(registeredProvider()).toBe(theirs);
  });

  test("of another version of the API is told from none", () => {
    vi.stubGlobal(API, { version: "1.9.1" });
    try {
      expect(initialize().problems).toMatchObject([
        {
          code: "api_copies",
          message: expect.stringContaining("another copy of @opentelemetry/api, version 1.9.1"),
        },
      ]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("a context manager and a propagator alone stay as well", async () => {
    const manager = new AsyncLocalStorageContextManager().enable();
    context.setGlobalContextManager(manager);
    propagation.setGlobalPropagator({
      inject: (_context, carrier: Record<string, string>) => void (carrier["x-theirs"] = "1"),
      extract: (given) => given,
      fields: () => ["x-theirs"],
    });
    const complaints = vi.fn<() => void>();
    diag.setLogger({ error: complaints, warn: complaints, info() {}, debug() {}, verbose() {} });
    complaints.mockClear();
    const observability = initialize();
    expect(complaints).not.toHaveBeenCalled();
    const carrier = {};
    propagation.inject(ROOT_CONTEXT, carrier);
    expect(carrier).toEqual({ "x-theirs": "1" });
    await observability.shutdown();
    expect(carriesContext()).toBe(true);
    expect(propagation.fields()).toEqual(["x-theirs"]);
  });
});

describe("turned off", () => {
  test("by OTEL_SDK_DISABLED it records nothing and opens no port, but passes trace context on", async () => {
    vi.stubEnv("OTEL_SDK_DISABLED", "true");
    const { spans, processor } = recorder();
    const observability = initialize({ spanProcessors: [processor] });
    await observability.ready;
    trace.getTracer("test").startSpan("work").end();
    expect([observability.enabled, observability.metricsUrl, spans]).toEqual([
      false,
      undefined,
      [],
    ]);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const carrier = {};
    propagation.inject(propagation.extract(ROOT_CONTEXT, { traceparent }), carrier);
    expect(carrier).toEqual({ traceparent });
    await observability.forceFlush();
    await observability.shutdown();
    expect(carriesContext()).toBe(false);
  });
});

describe("shutdown", () => {
  test("takes everything back, so that it can be initialised again", async () => {
    const before = { ...slot() };
    for (const name of ["first", "second"]) {
      const { spans, processor } = recorder();
      const observability = initialize({ spans: "compact", spanProcessors: [processor] });
      await observability.ready;
      const url = observability.metricsUrl ?? "";
      trace.getTracer("test").startSpan(name).end();
      expect(spans.map((span) => span.name)).toEqual([name]);
      await observability.shutdown();

      expect(observability.problems).toEqual([]);
      expect(observability.metricsUrl).toBeUndefined();
      await expect(fetch(url)).rejects.toThrow("fetch failed");
      expect(registeredProvider()).toBe(noProvider);
      expect(carriesContext()).toBe(false);
      expect(propagation.fields()).toEqual([]);
      expect(slot()).toMatchObject({
        spans: before.spans,
        unsampledIsFinal: before.unsampledIsFinal,
      });
    }
  });

  test("called again, does nothing to what was started meanwhile", async () => {
    const first = initialize();
    await first.shutdown();
    const second = initialize({ spans: "compact" });
    await first.shutdown();
    expect(initialize()).toBe(second);
    expect(slot().spans).toBe("compact");
    expect(carriesContext()).toBe(true);
  });

  test("leaves alone what was registered in its place meanwhile", async () => {
    const observability = initialize();
    trace.disable();
    context.disable();
    propagation.disable();
    const theirs = new TracerProvider();
    trace.setGlobalTracerProvider(theirs);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator({
      inject: () => undefined,
      extract: (given) => given,
      fields: () => ["x"],
    });
    await observability.shutdown();
    expect(registeredProvider()).toBe(theirs);
    expect(carriesContext()).toBe(true);
    expect(propagation.fields()).toEqual(["x"]);
  });

  test("gives up after its deadline and says so", async () => {
    const { processor } = recorder();
    const never = new Promise<void>(() => undefined);
    const observability = initialize({
      shutdownTimeoutMs: 10,
      spanProcessors: [{ ...processor, shutdown: () => never, forceFlush: () => never }],
    });
    await observability.forceFlush();
    await observability.shutdown();
    expect(observability.problems).toMatchObject([
      { code: "flush_timeout", message: expect.stringContaining("10 ms"), count: 2 },
    ]);
  });
});

describe("the console", () => {
  test("prints each trace and each problem on standard error", async () => {
    const printed = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      vi.stubEnv("PROMETHEUS_HOST", "127.0.0.1");
      vi.stubEnv("OTEL_BSP_MAX_QUEUE_SIZE", "many");
      initialize({ consoleExporter: true });
      const span = trace.getTracer("test").startSpan("work");
      span.setStatus({ code: SpanStatusCode.ERROR, message: "broken" });
      span.end();
      const text = printed.mock.calls.map(([chunk]) => String(chunk)).join("");
      expect(text).toContain("OTEL_BSP_MAX_QUEUE_SIZE is 'many', which is ignored");
      expect(text).toMatch(/trace [0-9a-f]{32}.*1 span\n.*work error: broken/);
    } finally {
      printed.mockRestore();
    }
  });
});
