import type { Meter } from "@opentelemetry/api";
import type { ResourceMetrics, ViewOptions } from "@opentelemetry/sdk-metrics";
import {
  AggregationTemporality,
  AggregationType,
  DataPointType,
  MeterProvider,
} from "@opentelemetry/sdk-metrics";
import { describe, expect, test } from "vitest";
import type { ProblemReport } from "../../problem.ts";
import { createFamilyNames } from "../family-names.ts";
import { parsePage } from "../page-parser.fixture.ts";
import { writeFamily } from "../write-family.ts";
import { instrumentFamilies } from "./instrument-families.ts";
import { PageMetricReader } from "./page-reader.ts";

type Change = (metrics: ResourceMetrics) => ResourceMetrics;

/** What the page shows of instruments: its lines without the heads, and what was reported and counted. */
async function show(
  use: (meter: Meter, provider: MeterProvider) => void,
  { views = [], change = (metrics) => metrics }: { views?: ViewOptions[]; change?: Change } = {},
) {
  const reader = new PageMetricReader();
  const provider = new MeterProvider({ readers: [reader], views });
  use(provider.getMeter("shop", "1.2"), provider);
  const read = await reader.read(1000);
  const reports: ProblemReport[] = [];
  const drops: string[] = [];
  const families = instrumentFamilies(change(read!.metrics), createFamilyNames(), {
    report: (problem) => void reports.push(problem),
    drop: (reason) => void drops.push(reason),
  });
  for (const format of ["text", "openmetrics"] as const) {
    const page = families.map((family) => writeFamily(family, format)).join("");
    parsePage(format === "text" ? page : `${page}# EOF\n`, format);
  }
  const page = families.map((family) => writeFamily(family, "openmetrics")).join("");
  return { page, lines: page.split("\n").filter((line) => !/^(?:#|$)/.test(line)), reports, drops };
}

describe("an application's instruments", () => {
  test("are a counter, gauges and histograms, with their scope as labels", async () => {
    const { page, reports, drops } = await show((meter) => {
      meter
        .createCounter("api_requests_total", { description: "Total API requests", unit: "1" })
        .add(2, { endpoint: "/users" });
      meter.createUpDownCounter("carts.open", { unit: "{cart}" }).add(-3);
      meter.createGauge("fill", { unit: "1" }).record(0.5);
      meter
        .createHistogram("api_response_time_seconds", {
          unit: "s",
          advice: { explicitBucketBoundaries: [0.1, 1] },
        })
        .record(0.123, { "http.route": "/users" });
    });
    const scope = 'otel_scope_name="shop",otel_scope_version="1.2"';
    expect(page.split("\n")).toEqual([
      "# HELP api_requests Total API requests",
      "# TYPE api_requests counter",
      `api_requests_total{endpoint="/users",${scope}} 2`,
      "# TYPE carts_open gauge",
      `carts_open{${scope}} -3`,
      "# TYPE fill_ratio gauge",
      "# UNIT fill_ratio ratio",
      `fill_ratio{${scope}} 0.5`,
      "# TYPE api_response_time_seconds histogram",
      "# UNIT api_response_time_seconds seconds",
      `api_response_time_seconds_bucket{http_route="/users",${scope},le="0.1"} 0`,
      `api_response_time_seconds_bucket{http_route="/users",${scope},le="1.0"} 1`,
      `api_response_time_seconds_bucket{http_route="/users",${scope},le="+Inf"} 1`,
      `api_response_time_seconds_sum{http_route="/users",${scope}} 0.123`,
      `api_response_time_seconds_count{http_route="/users",${scope}} 1`,
      "",
    ]);
    expect([reports, drops]).toEqual([[], []]);
  });

  test("of one name in several scopes are one family", async () => {
    const { page, lines } = await show((meter, provider) => {
      meter.createCounter("done").add(1);
      provider
        .getMeter("desk", "", { schemaUrl: "https://example.org/1" })
        .createCounter("done")
        .add(2);
    });
    expect(page.match(/# TYPE/g)).toHaveLength(1);
    expect(lines).toEqual([
      'done_total{otel_scope_name="shop",otel_scope_version="1.2"} 1',
      'done_total{otel_scope_name="desk",otel_scope_schema_url="https://example.org/1"} 2',
    ]);
  });

  test("of one name that do not fit together: the first is shown, the other counted and reported", async () => {
    const { lines, reports, drops } = await show((meter, provider) => {
      meter.createCounter("done").add(1);
      meter.createHistogram("size", { advice: { explicitBucketBoundaries: [1] } }).record(1);
      const other = provider.getMeter("desk");
      other.createGauge("done").record(2);
      other.createHistogram("size", { advice: { explicitBucketBoundaries: [2] } }).record(1);
      other.createGauge("done.total").record(2);
    });
    expect(lines.filter((line) => /^(?:done|size_count)/.test(line))).toHaveLength(2);
    expect(drops).toEqual(["invalid_metric", "invalid_metric", "invalid_metric"]);
    expect(reports.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      "metric_invalid done",
      "metric_invalid size",
      "metric_invalid done_total",
    ]);
  });

  test("with the name of one of ours are shown under app_, and reported", async () => {
    const { lines, reports } = await show((meter) => {
      meter.createCounter("llm_tokens_total", { unit: "1" }).add(7);
      meter.createCounter("llm_cost_usd_total", { unit: "USD" }).add(0.5);
      meter.createGauge("target.info").record(1);
      meter
        .createHistogram("primitive.execution.duration", {
          unit: "s",
          advice: { explicitBucketBoundaries: [] },
        })
        .record(1);
      meter.createGauge("cache.hits").record(1);
    });
    expect(lines.map((line) => line.split("{")[0])).toEqual([
      "app_llm_tokens_total",
      "app_llm_cost_usd_total",
      "app_target_info",
      "app_primitive_execution_duration_seconds_bucket",
      "app_primitive_execution_duration_seconds_sum",
      "app_primitive_execution_duration_seconds_count",
      "app_cache_hits",
    ]);
    expect(reports).toHaveLength(5);
    expect(reports[0]).toEqual({
      code: "metric_name_taken",
      message:
        "your instrument llm_tokens has the name of a metric of the primitives: on the metrics page it is app_llm_tokens",
      subject: "llm_tokens",
    });
  });

  test("that would need app_ twice are left out", async () => {
    const { lines, drops } = await show((meter) => {
      meter.createCounter("app.llm.tokens").add(1);
      meter.createCounter("llm.tokens").add(2);
    });
    expect([lines.length, drops]).toEqual([1, ["invalid_metric"]]);
  });

  test("keep attributes that end up under one label, and those that the format uses itself", async () => {
    const { lines } = await show((meter) => {
      const counter = meter.createCounter("a");
      counter.add(1, { "x.y": "dot", "x-y": "dash", "": "none", "7": true, list: ["a", 'b"'] });
      counter.add(2, {
        "otel.scope.name": "mine",
        otel_scope_name: "also mine",
        __name__: "b",
        empty: "",
      });
      meter
        .createHistogram("h", { advice: { explicitBucketBoundaries: [] } })
        .record(1, { le: "mine" });
    });
    expect(lines.slice(0, 3)).toEqual([
      String.raw`a_total{_="none",_7="true",list="[\"a\",\"b\\\"\"]",otel_scope_name="shop",otel_scope_version="1.2",x_y="dash;dot"} 1`,
      'a_total{_name_="b",otel_scope_name="shop;also mine",otel_scope_version="1.2"} 2',
      'h_bucket{exported_le="mine",otel_scope_name="shop",otel_scope_version="1.2",le="+Inf"} 1',
    ]);
  });

  test("whose series are the same once they are written: sums are added up, of gauges the last is shown", async () => {
    const { lines } = await show((meter) => {
      for (const attributes of [{ "a.b": "x" }, { "a-b": "x" }]) {
        meter.createCounter("c").add(2, attributes);
        meter.createGauge("g").record(2, attributes);
        meter
          .createHistogram("h", { advice: { explicitBucketBoundaries: [] } })
          .record(2, attributes);
      }
    });
    expect(lines.map((line) => line.replace(/\{.*\}/, ""))).toEqual([
      "c_total 4",
      "g 2",
      "h_bucket 2",
      "h_sum 4",
      "h_count 2",
    ]);
  });

  test("that are exponential histograms have powers of two for bounds", async () => {
    const { lines } = await show(
      (meter) => {
        const histogram = meter.createHistogram("e");
        for (const value of [0.3, 3, 3.5]) histogram.record(value);
      },
      {
        views: [
          { instrumentName: "e", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
        ],
      },
    );
    expect(
      lines.map((line) => line.replace(/\{.*(le="[^"]*").*\}/, "{$1}").replace(/\{otel.*\}/, "")),
    ).toEqual([
      'e_bucket{le="0.25"} 0',
      'e_bucket{le="0.5"} 1',
      'e_bucket{le="1.0"} 1',
      'e_bucket{le="2.0"} 1',
      'e_bucket{le="4.0"} 3',
      'e_bucket{le="+Inf"} 3',
      "e_sum 6.8",
      "e_count 3",
    ]);
  });

  test("that cannot be shown are left out alone", async () => {
    const change: Change = ({ resource, scopeMetrics }) => ({
      resource,
      scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
        scope,
        metrics: metrics.map((metric) =>
          metric.descriptor.name === "delta"
            ? { ...metric, aggregationTemporality: AggregationTemporality.DELTA }
            : metric.descriptor.name === "circular" && metric.dataPointType === DataPointType.SUM
              ? {
                  ...metric,
                  dataPoints: metric.dataPoints.map((point) => ({
                    ...point,
                    attributes: { x: 1n as never },
                  })),
                }
              : metric,
        ),
      })),
    });
    const { lines, reports } = await show(
      (meter) => {
        for (const name of ["delta", "circular", "fine"]) meter.createCounter(name).add(1);
      },
      { change },
    );
    expect(lines).toEqual(['fine_total{otel_scope_name="shop",otel_scope_version="1.2"} 1']);
    expect(reports.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      "metric_invalid delta",
      "metric_invalid circular",
    ]);
  });

  test("with Infinity for a bound have it once", async () => {
    const buckets = { boundaries: [1, Infinity], counts: [0, 1, 0] };
    const { lines } = await show((meter) => meter.createHistogram("h").record(5), {
      change: ({ resource, scopeMetrics: [one] }) => ({
        resource,
        scopeMetrics: [
          {
            scope: one!.scope,
            metrics: one!.metrics.map((metric) =>
              metric.dataPointType === DataPointType.HISTOGRAM
                ? {
                    ...metric,
                    dataPoints: metric.dataPoints.map((point) => ({
                      ...point,
                      value: { ...point.value, buckets },
                    })),
                  }
                : metric,
            ),
          },
        ],
      }),
    });
    expect(lines.flatMap((line) => /le="[^"]*"\} \d/.exec(line) ?? [])).toEqual([
      'le="1.0"} 0',
      'le="+Inf"} 1',
    ]);
  });
});

describe("the reader", () => {
  test("reads nothing until it is attached, and after its provider was shut down", async () => {
    const reader = new PageMetricReader();
    expect([reader.isAttached, await reader.read(1000)]).toEqual([false, undefined]);
    const provider = new MeterProvider({ readers: [reader] });
    provider.getMeter("m").createCounter("c").add(1);
    expect(reader.isAttached).toBe(true);
    expect((await reader.read(1000))?.metrics.scopeMetrics).toHaveLength(1);
    await provider.forceFlush();
    await provider.shutdown();
    expect([reader.isAttached, await reader.read(1000)]).toEqual([false, undefined]);
  });
});
