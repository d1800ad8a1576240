import type { NumberMetricSnapshot } from "@tta-dev/primitives";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatExposition } from "./exposition.ts";
import { parsePage } from "./page-parser.fixture.ts";
import { body, durations, retries, sketch, snapshotOf } from "./snapshot.fixture.ts";

describe("the exposition", () => {
  test("writes help and type before the series", () => {
    const series = [{ labelValues: ["search", "timeout"], value: 3 }];
    expect(formatExposition(snapshotOf({ ...retries, series }), {})).toContain(
      '# HELP retry_attempts_total Attempts.\n# TYPE retry_attempts_total counter\nretry_attempts_total{primitive_name="search",reason="timeout"} 3\n',
    );
  });

  test("ends every line with a line feed", () => {
    const page = formatExposition(
      snapshotOf({ ...retries, series: [{ labelValues: ["a", "b"], value: 1 }] }),
      {},
    );
    expect(page.endsWith("\n")).toBe(true);
    expect(page).not.toContain("\n\n");
  });

  test.each([
    ["a backslash", "a\\b", "a\\\\b"],
    ["a quote", 'a"b', 'a\\"b'],
    ["a line feed", "a\nb", "a\\nb"],
    ["all of them", '\\n"\n', '\\\\n\\"\\n'],
    ["letters of any script", "größe 大", "größe 大"],
  ])("escapes %s in a label", (_what, value, escaped) => {
    expect(
      body(snapshotOf({ ...retries, series: [{ labelValues: [value, ""], value: 1 }] })),
    ).toEqual([`retry_attempts_total{primitive_name="${escaped}"} 1`]);
  });

  test("leaves a label without a value out, and the braces with the last", () => {
    const series = [
      { labelValues: ["", "timeout"], value: 1 },
      { labelValues: ["", ""], value: 2 },
    ];
    expect(body(snapshotOf({ ...retries, series }))).toEqual([
      'retry_attempts_total{reason="timeout"} 1',
      "retry_attempts_total 2",
    ]);
  });

  test("adds a histogram's buckets up", () => {
    const series = [
      {
        labelValues: ["search"],
        count: 6,
        sum: 9.75,
        min: 0,
        max: 4,
        zeroCount: 1,
        bucketCounts: [3, 1, 2],
        sketch,
      },
    ];
    expect(body(snapshotOf({ ...durations, series }))).toEqual([
      'primitive_execution_duration_seconds_bucket{primitive_name="search",le="0.5"} 3',
      'primitive_execution_duration_seconds_bucket{primitive_name="search",le="2.5"} 4',
      'primitive_execution_duration_seconds_bucket{primitive_name="search",le="+Inf"} 6',
      'primitive_execution_duration_seconds_sum{primitive_name="search"} 9.75',
      'primitive_execution_duration_seconds_count{primitive_name="search"} 6',
    ]);
  });

  test("writes a histogram without labels", () => {
    const series = [
      {
        labelValues: [""],
        count: 0,
        sum: 0,
        min: undefined,
        max: undefined,
        zeroCount: 0,
        bucketCounts: [0, 0, 0],
        sketch,
      },
    ];
    expect(body(snapshotOf({ ...durations, series }))).toEqual([
      'primitive_execution_duration_seconds_bucket{le="0.5"} 0',
      'primitive_execution_duration_seconds_bucket{le="2.5"} 0',
      'primitive_execution_duration_seconds_bucket{le="+Inf"} 0',
      "primitive_execution_duration_seconds_sum 0",
      "primitive_execution_duration_seconds_count 0",
    ]);
  });

  test.each([
    [0, "0"],
    [1e21, "1e+21"],
    [5e-324, "5e-324"],
    [0.1 + 0.2, "0.30000000000000004"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [Number.NaN, "NaN"],
  ])("writes the number %d as %s", (value, text) => {
    const gauge: NumberMetricSnapshot = {
      ...retries,
      kind: "gauge",
      series: [{ labelValues: ["", ""], value }],
    };
    expect(body(snapshotOf(gauge))).toEqual([`retry_attempts_total ${text}`]);
  });

  test.each([
    [0n, "0"],
    [1n, "0.000000001"],
    [1_000_000_000n, "1"],
    [1_500_000_000n, "1.5"],
    [123_456_789_012_345_678_901n, "123456789012.345678901"],
    [-20_000_000n, "-0.02"],
  ])("writes %d nano-dollars as %s dollars", (nanoUsd, text) => {
    const series = [{ labelValues: ["", ""], value: 0, nanoUsd }];
    expect(body(snapshotOf({ ...retries, series }))).toEqual([`retry_attempts_total ${text}`]);
  });

  test("describes an up-down counter as a gauge", () => {
    const page = formatExposition(snapshotOf({ ...retries, kind: "upDown", series: [] }), {});
    expect(page).toContain("# TYPE retry_attempts_total gauge\n");
  });

  test("escapes the help text", () => {
    const page = formatExposition(snapshotOf({ ...retries, help: 'one\ntwo \\ "three"' }), {});
    expect(page).toContain('# HELP retry_attempts_total one\\ntwo \\\\ "three"\n');
  });
});

describe("target_info", () => {
  test("carries the resource's attributes under names that Prometheus takes", () => {
    const page = formatExposition(snapshotOf(), {
      "service.name": 'my "desk"',
      "service.version": "1.0",
      "host.cpus": 4,
      "7zip": true,
      "process.args": ["a", "b"],
      empty: "",
    });
    expect(page).toBe(
      '# HELP target_info What is known of the program.\n# TYPE target_info gauge\ntarget_info{_7zip="true",host_cpus="4",process_args="[\\"a\\",\\"b\\"]",service_name="my \\"desk\\"",service_version="1.0"} 1\n',
    );
  });

  test("joins the values of attributes that end up under one name", () => {
    const page = formatExposition(snapshotOf(), { "a.b": "dot", "a-b": "dash" });
    expect(page).toContain('target_info{a_b="dash;dot"} 1\n');
  });
});

describe("any text at all", () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  const wellFormed = (value: string): string => value.toWellFormed();

  test("comes back from a page of either format as it went in", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(text, text), {
          minLength: 1,
          maxLength: 5,
          selector: (pair) => JSON.stringify(pair.map(wellFormed)),
        }),
        text,
        fc.dictionary(text, fc.oneof(text, fc.double(), fc.boolean(), fc.array(text))),
        fc.constantFrom("text" as const, "openmetrics" as const),
        (rows, help, resource, format) => {
          const series = rows.map((labelValues, value) => ({ labelValues, value }));
          const page = formatExposition(snapshotOf({ ...retries, help, series }), resource, format);
          const families = parsePage(Buffer.from(page).toString(), format);
          const family = families.get(
            format === "text" ? "retry_attempts_total" : "retry_attempts",
          );
          expect(family?.help ?? "").toBe(wellFormed(help));
          expect(family?.samples.map(({ labels, value }) => [[...labels.values()], value])).toEqual(
            series.map(({ labelValues, value }) => [
              labelValues.filter((label) => label !== "").map(wellFormed),
              value,
            ]),
          );
        },
      ),
    );
  });
});
