import { createRegistry, type MetricSnapshot, type Registry } from "@tta-dev/primitives";
import type { DropReason } from "@tta-dev/primitives/catalog";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { ProblemReport } from "../problem.ts";
import { PageMetricReader } from "./instruments/page-reader.ts";
import { parsePage } from "./page-parser.fixture.ts";
import type { MetricsPageOptions } from "./page.ts";
import { createMetricsPage } from "./page.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A page over a registry of its own, with everything that it reports. */
function setUp(options: Partial<MetricsPageOptions> = {}, registry: Registry = createRegistry()) {
  const reports: ProblemReport[] = [];
  const dropped = registry.counter("telemetry.dropped");
  const page = createMetricsPage({
    snapshot: () => registry.snapshot(),
    resource: () => ({ "service.name": "desk" }),
    report: (problem) => void reports.push(problem),
    drop: (reason: DropReason) => dropped.bind({ reason }).add(),
    ...options,
  });
  return { registry, page, reports };
}

function withInstruments(use: (provider: MeterProvider) => void): PageMetricReader {
  const reader = new PageMetricReader();
  use(new MeterProvider({ readers: [reader] }));
  return reader;
}

describe("the metrics page", () => {
  test.each(["text", "openmetrics"] as const)("has all four parts, as %s", async (format) => {
    const { registry, page, reports } = setUp({
      instruments: withInstruments((provider) =>
        provider.getMeter("shop").createCounter("orders").add(2),
      ),
      append: async () => "jobs 1\n",
    });
    registry.counter("retry.attempts").bind({ primitive_name: "search" }).add(3);
    const families = parsePage(await page.render(format), format);
    const names = ["target", "retry_attempts", "orders", "jobs"];
    const suffixes = format === "text" ? ["_info", "_total", "_total", ""] : ["", "", "", ""];
    const wanted = names.map((name, index) => name + suffixes[index]);
    expect([...families.keys()].filter((name) => wanted.includes(name))).toEqual(wanted);
    expect(reports).toEqual([]);
  });

  test("has the numbers of the moment in which it is written", async () => {
    const append = vi.fn(async () => {
      registry.counter("retry.attempts").bind({}).add();
      return "";
    });
    const { registry, page } = setUp({ append });
    expect(await page.render("text")).toContain("\nretry_attempts_total 1\n");
    expect(await page.render("text")).toContain("\nretry_attempts_total 2\n");
  });

  test("reads the resource each time: some attributes are found out late", async () => {
    let host = "";
    const { page } = setUp({ resource: () => ({ "host.name": host }) });
    host = "a";
    expect(await page.render("text")).toContain('target_info{host_name="a"} 1');
    host = "b";
    expect(await page.render("text")).toContain('target_info{host_name="b"} 1');
  });

  test("shows exemplars of kept traces only, and in OpenMetrics only", async () => {
    const [kept, dropped] = ["ab", "cd"].map((id) => ({
      traceId: id.repeat(16),
      spanId: id.repeat(8),
      traceFlags: 1,
    }));
    const isKept = vi.fn((traceId: string) => traceId === kept!.traceId);
    const { registry, page } = setUp({ isKept });
    const bind = (name: string) =>
      registry.counter("retry.attempts").bind({ primitive_name: name });
    bind("a").exemplify(kept!, performance.now());
    bind("b").exemplify(dropped!, performance.now());
    expect(await page.render("text")).not.toContain("trace_id");
    expect(isKept).not.toHaveBeenCalled();
    const openmetrics = await page.render("openmetrics");
    expect(openmetrics.match(/ # \{.*/g)).toEqual([
      expect.stringContaining(`trace_id="${kept!.traceId}"`),
    ]);
  });
});

describe("a metric that cannot be written", () => {
  test("is missing alone, counted and reported", async () => {
    const broken = {
      kind: "histogram",
      prometheusName: "broken_seconds",
      help: "",
      labels: [],
      bounds: [1],
    };
    const series = [{ labelValues: [], bucketCounts: [1, 1], count: 3, sum: 1 }];
    const { registry, page, reports } = setUp({
      snapshot: () => {
        const snapshot = registry.snapshot();
        const metrics = [
          { ...broken, series } as unknown as MetricSnapshot,
          { ...broken, series: undefined } as unknown as MetricSnapshot,
          ...snapshot.metrics,
        ];
        return { ...snapshot, metrics };
      },
      resource: () => {
        throw new Error("no resource");
      },
    });
    registry.counter("retry.attempts").bind({}).add();
    const first = await page.render("openmetrics");
    parsePage(first, "openmetrics");
    expect(first).toContain("retry_attempts_total 1");
    expect(first).not.toMatch(/broken|target/);
    expect(reports.map(({ code, subject, message }) => `${code} ${subject}: ${message}`)).toEqual([
      "metric_invalid target_info: the metric target_info is not on the metrics page: no resource",
      expect.stringContaining("2 buckets hold 2 values, and its count is 3"),
      expect.stringContaining("metric_invalid broken_seconds"),
    ]);
    expect(await page.render("text")).toContain(
      'telemetry_dropped_total{reason="invalid_metric"} 3',
    );
  });
});

describe("what the application gives", () => {
  test.each([
    [
      "throws",
      () => {
        throw new Error("no client");
      },
      "no client",
    ],
    ["rejects", () => Promise.reject(new Error("no client")), "no client"],
    [
      "gives no text",
      () => 5 as unknown as string,
      "append gave a value of type number, expected a string",
    ],
  ])("is missing where append %s", async (_how, append, reason) => {
    const { page, reports } = setUp({ append });
    expect(await page.render("openmetrics")).toContain("target_info");
    expect(reports).toEqual([
      {
        code: "metrics_part_failed",
        message: `the metrics page lacks the metrics that you append: ${reason}`,
        subject: "the metrics that you append",
      },
    ]);
  });

  test("is missing where it comes too late", async () => {
    vi.useFakeTimers();
    const { page, reports } = setUp({
      append: () => new Promise(() => undefined),
      instruments: { read: () => new Promise(() => undefined) },
      timeoutMs: 2000,
    });
    const rendered = page.render("text");
    await vi.advanceTimersByTimeAsync(2500);
    expect(await rendered).toContain("target_info");
    expect(reports.map(({ message }) => message).toSorted()).toEqual([
      "the metrics page lacks the metrics that you append: they took more than 2000 ms",
      "the metrics page lacks your instruments: they took more than 2000 ms",
    ]);
  });

  test("is there without the observable instrument that throws", async () => {
    const { page, reports } = setUp({
      instruments: withInstruments((provider) => {
        const meter = provider.getMeter("shop");
        meter.createObservableGauge("bad").addCallback(() => {
          throw new Error("no sensor");
        });
        meter.createObservableGauge("good").addCallback((result) => result.observe(1));
      }),
    });
    expect(await page.render("text")).toContain("good{");
    expect(reports).toMatchObject([
      {
        code: "metrics_part_failed",
        message: expect.stringContaining("no sensor"),
        subject: "observable",
      },
    ]);
  });

  test("may have nothing to read instruments from", async () => {
    const { page, reports } = setUp({ instruments: new PageMetricReader() });
    expect(await page.render("text")).toContain("target_info");
    expect(reports).toEqual([]);
  });

  test("does not take a name twice: instruments come first, then what is appended", async () => {
    const { page, reports } = setUp({
      instruments: withInstruments((provider) =>
        provider.getMeter("shop").createGauge("jobs").record(1),
      ),
      append: () => "jobs 2\n",
    });
    const text = await page.render("text");
    expect(text).toContain('jobs{otel_scope_name="shop"} 1');
    expect(text).not.toContain("jobs 2");
    expect(reports).toMatchObject([{ code: "metric_name_taken", subject: "append jobs" }]);
  });
});
