import { resourceFromAttributes } from "@opentelemetry/resources";
import type { Registry } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import { afterEach, describe, expect, test } from "vitest";
import type { Problem } from "../problem.ts";
import { createProblemLog } from "../problem.ts";
import type { OtlpSink, SinkAnswer, SinkProtocol } from "../testing/otlp-sink.fixture.ts";
import { startOtlpSink } from "../testing/otlp-sink.fixture.ts";
import type { RunningMeterProvider } from "./meter-provider.ts";
import { startMeterProvider } from "./meter-provider.ts";
import type { MetricPushOptions } from "./metric-push.ts";
import { createMetricPush } from "./metric-push.ts";

const HOUR_MS = 3_600_000;
const protocols: readonly SinkProtocol[] = ["http/protobuf", "http/json", "grpc"];
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function listen(protocol: SinkProtocol, port?: number): Promise<OtlpSink> {
  const sink = await startOtlpSink({ protocol, ...(port !== undefined && { port }) });
  closers.push(() => sink.close());
  return sink;
}

interface Push extends RunningMeterProvider {
  readonly registry: Registry;
  readonly problems: readonly Problem[];
  readonly lost: () => number;
  readonly abandon: () => void;
}

function push(
  sink: OtlpSink,
  protocol: SinkProtocol,
  options: Partial<MetricPushOptions> = {},
): Push {
  const registry = createRegistry();
  const { problems, report } = createProblemLog();
  let lost = 0;
  const { reader, abandon } = createMetricPush({
    collector: {
      url: protocol === "grpc" ? sink.url : `${sink.url}/v1/metrics`,
      protocol,
      headers: {},
      timeoutMs: 200,
      compression: "none",
    },
    destination: "http://collector",
    registry: () => registry,
    resource: resourceFromAttributes({ "service.name": "desk" }),
    intervalMs: HOUR_MS,
    temporality: "cumulative",
    histograms: "explicit_bucket_histogram",
    lost: (count) => (lost += count),
    report,
    ...options,
  });
  const running = startMeterProvider({
    readers: [reader],
    resource: resourceFromAttributes({ "service.name": "desk" }),
  });
  closers.push(async () => {
    running.release();
    abandon();
    await running.shutdown();
  });
  return { ...running, registry, problems, lost: () => lost, abandon };
}

/** The values of a counter, in the order in which they came. */
function valuesOf(sink: OtlpSink, name: string): (number | undefined)[] {
  return sink
    .metrics()
    .filter((metric) => metric.name === name)
    .flatMap(({ sum }) => sum?.dataPoints.map(({ asDouble }) => asDouble) ?? []);
}

describe.each(protocols)("over %s", (protocol) => {
  test("a flush pushes the registry and the application's instruments", async () => {
    const sink = await listen(protocol);
    const { registry, provider, forceFlush } = push(sink, protocol);
    registry.counter("retry.attempts").bind({}).add(2);
    provider.getMeter("shop").createCounter("orders").add(5);
    await forceFlush();
    const found = sink.metrics().filter(({ name }) => ["retry.attempts", "orders"].includes(name));
    expect(
      found.map(({ name, scope, resource }) => [name, scope, resource["service.name"]]),
    ).toEqual([
      ["orders", "shop", "desk"],
      ["retry.attempts", "@tta-dev/primitives", "desk"],
    ]);
  });

  test("a shutdown pushes the last state", async () => {
    const sink = await listen(protocol);
    const { registry, shutdown } = push(sink, protocol);
    const attempts = registry.counter("retry.attempts").bind({});
    attempts.add(7);
    await shutdown();
    expect(valuesOf(sink, "retry.attempts")).toEqual([7]);
  });

  test.each<[SinkAnswer, string]>([
    [503, "collector_unavailable"],
    [{ status: 429, retryAfterSeconds: 3600 }, "collector_unavailable"],
    ["hang", "collector_timeout"],
    ["reset", "collector_unreachable"],
    [401, "collector_rejected"],
    ["html", "collector_rejected"],
  ])("the answer %j is reported, and the totals come with the next push", async (answer, code) => {
    const sink = await listen(protocol);
    const { registry, forceFlush, problems, lost } = push(sink, protocol);
    const attempts = registry.counter("retry.attempts").bind({});
    attempts.add(1);
    sink.behave(() => answer);
    await forceFlush();
    expect(problems).toMatchObject([
      { code, message: expect.stringContaining("are sent again later") },
    ]);
    expect(lost()).toBe(0);

    sink.behave(() => "ok");
    attempts.add(1);
    await forceFlush();
    expect(valuesOf(sink, "retry.attempts")).toEqual([2]);
    expect(problems.length).toBe(1);
  });

  test("a collector that asks for another moment gets the same differences again", async () => {
    const sink = await listen(protocol);
    const { registry, forceFlush, problems } = push(sink, protocol, { temporality: "delta" });
    registry.counter("retry.attempts").bind({}).add(1);
    sink.behave(() => (sink.requests.length < 3 ? { status: 429, retryAfterSeconds: 0 } : "ok"));
    await forceFlush();
    expect([sink.requests.length, problems]).toEqual([3, []]);
    expect(valuesOf(sink, "retry.attempts")).toEqual([1]);
  });

  test("a collector that was away is found when it is back", async () => {
    const first = await listen(protocol);
    const { registry, forceFlush, problems } = push(first, protocol);
    registry.counter("retry.attempts").bind({}).add(1);
    await closers.shift()?.();
    await forceFlush();
    expect(problems).toMatchObject([{ code: "collector_unreachable" }]);
    const second = await listen(protocol, first.port);
    // gRPC looks for a lost collector from time to time only.
    while (second.requests.length === 0) await forceFlush();
    expect(valuesOf(second, "retry.attempts")).toEqual([1]);
  });
});

test("it pushes by itself, again and again", async () => {
  const sink = await listen("http/protobuf");
  const { registry } = push(sink, "http/protobuf", { intervalMs: 5 });
  registry.counter("retry.attempts").bind({}).add(1);
  await sink.until(() => sink.requests.length >= 3);
  expect(valuesOf(sink, "retry.attempts").slice(0, 2)).toEqual([1, 1]);
});

test("deltas that were not delivered are lost, and counted", async () => {
  const sink = await listen("http/protobuf");
  const { registry, forceFlush, problems, lost } = push(sink, "http/protobuf", {
    temporality: "delta",
  });
  registry.counter("retry.attempts").bind({}).add(1);
  sink.behave(() => 401);
  await forceFlush();
  expect(problems).toMatchObject([{ message: expect.stringContaining("are lost") }]);
  expect(lost()).toBeGreaterThan(0);
});

test("the preference for deltas holds for the application's instruments, too", async () => {
  const sink = await listen("http/protobuf");
  const { provider, forceFlush } = push(sink, "http/protobuf", { temporality: "delta" });
  const orders = provider.getMeter("shop").createCounter("orders");
  orders.add(5);
  await forceFlush();
  orders.add(2);
  await forceFlush();
  expect(valuesOf(sink, "orders")).toEqual([5, 2]);
});

test("exponential histograms are sent for the registry and for the application alike", async () => {
  const sink = await listen("http/protobuf");
  const { registry, provider, forceFlush } = push(sink, "http/protobuf", {
    histograms: "base2_exponential_bucket_histogram",
  });
  registry.histogram("wait.duration").bind({}).record(0.5);
  provider.getMeter("shop").createHistogram("basket").record(3);
  await forceFlush();
  const found = sink.metrics().filter(({ name }) => ["wait.duration", "basket"].includes(name));
  expect(found).toMatchObject([
    { exponentialHistogram: { dataPoints: [{ count: 1 }] } },
    { exponentialHistogram: { dataPoints: [{ count: 1, scale: 5 }] } },
  ]);
});
