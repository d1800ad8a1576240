import type { NumberMetricSnapshot } from "@tta-dev/primitives";
import { describe, expect, test } from "vitest";
import { formatExposition } from "./exposition.ts";
import { parsePage } from "./page-parser.fixture.ts";
import { durations, idsOf, retries, snapshotOf, timed } from "./snapshot.fixture.ts";

describe("as OpenMetrics", () => {
  test("a page has families without _total, units, exemplars, an info metric and an end", () => {
    const counted: NumberMetricSnapshot = {
      ...retries,
      series: [
        {
          labelValues: ["search", "timeout"],
          value: 3,
          exemplar: { ...idsOf("ab"), value: 1, atMs: 1_700_000_000_000 },
        },
      ],
    };
    const page = formatExposition(
      snapshotOf(counted, timed),
      { "service.name": "desk" },
      "openmetrics",
    );
    expect(page.split("\n")).toEqual([
      "# HELP target What is known of the program.",
      "# TYPE target info",
      'target_info{service_name="desk"} 1',
      "# HELP retry_attempts Attempts.",
      "# TYPE retry_attempts counter",
      `retry_attempts_total{primitive_name="search",reason="timeout"} 3 # {trace_id="${"ab".repeat(16)}",span_id="${"ab".repeat(8)}"} 1 1700000000.000`,
      "# HELP primitive_execution_duration_seconds Attempts.",
      "# TYPE primitive_execution_duration_seconds histogram",
      "# UNIT primitive_execution_duration_seconds seconds",
      `primitive_execution_duration_seconds_bucket{primitive_name="search",le="0.5"} 2 # {trace_id="${"ab".repeat(16)}",span_id="${"ab".repeat(8)}"} 0.25 1700000000.123`,
      'primitive_execution_duration_seconds_bucket{primitive_name="search",le="2.5"} 2',
      `primitive_execution_duration_seconds_bucket{primitive_name="search",le="+Inf"} 3 # {trace_id="${"cd".repeat(16)}",span_id="${"cd".repeat(8)}"} 4 1700000000.000`,
      'primitive_execution_duration_seconds_sum{primitive_name="search"} 5',
      'primitive_execution_duration_seconds_count{primitive_name="search"} 3',
      "# EOF",
      "",
    ]);
    parsePage(page, "openmetrics");
  });

  test("the text format has none of these", () => {
    const page = formatExposition(snapshotOf(timed), {});
    expect(page).not.toMatch(/trace_id|# UNIT|# EOF/);
    parsePage(page, "text");
  });

  test.each([
    ["llm_cost_usd_total", "counter", "llm_cost_usd", "usd"],
    ["slo_compliance_ratio", "gauge", "slo_compliance_ratio", "ratio"],
    ["cache_entries", "gauge", "cache_entries", undefined],
  ] as const)("%s has the family %s and the unit %s", (prometheusName, kind, family, unit) => {
    const page = formatExposition(
      snapshotOf({ ...retries, prometheusName, kind }),
      {},
      "openmetrics",
    );
    expect(parsePage(page, "openmetrics").get(family)).toMatchObject({ type: kind, unit });
  });

  test("a quote in the help text is escaped", () => {
    const page = formatExposition(
      snapshotOf({ ...retries, help: 'one\ntwo \\ "three"' }),
      {},
      "openmetrics",
    );
    expect(page).toContain('# HELP retry_attempts one\\ntwo \\\\ \\"three\\"\n');
    expect(parsePage(page, "openmetrics").get("retry_attempts")?.help).toBe('one\ntwo \\ "three"');
  });
});

describe("bounds", () => {
  test("are floats in both formats, so that they are the same series everywhere", () => {
    const bounds = [0.5, 1, 250, 1e21];
    const series = [{ ...timed.series[0]!, bucketCounts: [1, 1, 1, 0, 0], exemplars: [] }];
    for (const format of ["text", "openmetrics"] as const) {
      const page = formatExposition(snapshotOf({ ...durations, bounds, series }), {}, format);
      expect([...page.matchAll(/le="([^"]*)"/g)].map(([, bound]) => bound)).toEqual([
        "0.5",
        "1.0",
        "250.0",
        "1e+21",
        "+Inf",
      ]);
    }
  });

  test("have to fit the counts", () => {
    const [row] = timed.series;
    for (const wrong of [{ count: 4 }, { bucketCounts: [2, 0, 1, 0] }, { bucketCounts: [3] }]) {
      const metric = { ...timed, series: [{ ...row!, ...wrong }] };
      expect(() => formatExposition(snapshotOf(metric), {})).toThrow(/3 buckets hold \d values/);
    }
  });
});
