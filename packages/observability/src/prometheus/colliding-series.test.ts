import { describe, expect, test } from "vitest";
import { formatExposition } from "./exposition.ts";
import { parsePage } from "./page-parser.fixture.ts";
import { body, durations, idsOf, retries, snapshotOf, timed } from "./snapshot.fixture.ts";

describe("series that are the same once they are written", () => {
  // Halves of surrogate pairs: each becomes U+FFFD in UTF-8.
  const halves = ["\uD800", "\uD801", "\uDC00"];

  test("of a counter are added up, money to the last digit", () => {
    const series = halves.map((half) => ({
      labelValues: [half, "timeout"],
      value: 1e16,
      nanoUsd: 10_000_000_000_000_000_000_000_001n,
    }));
    expect(body(snapshotOf({ ...retries, series }))).toEqual([
      'retry_attempts_total{primitive_name="\uFFFD",reason="timeout"} 30000000000000000.000000003',
    ]);
    const plain = series.map(({ labelValues, value }) => ({ labelValues, value }));
    expect(body(snapshotOf({ ...retries, kind: "upDown", series: plain }))).toEqual([
      'retry_attempts_total{primitive_name="\uFFFD",reason="timeout"} 30000000000000000',
    ]);
  });

  test("of a histogram are added up, with the latest exemplar of each bucket", () => {
    const [row] = timed.series;
    const later = { ...idsOf("ef"), value: 0.5, atMs: 1_700_000_000_200 };
    const series = [
      { ...row!, labelValues: [halves[0]!] },
      { ...row!, labelValues: [halves[1]!], exemplars: [later, undefined, undefined] },
    ];
    const page = formatExposition(snapshotOf({ ...durations, series }), {}, "openmetrics");
    const family = parsePage(page, "openmetrics").get("primitive_execution_duration_seconds");
    expect(family?.samples.map(({ value }) => value)).toEqual([4, 4, 6, 10, 6]);
    expect(family?.samples.map(({ exemplar }) => exemplar?.labels.get("span_id"))).toEqual([
      "ef".repeat(8),
      undefined,
      "cd".repeat(8),
      undefined,
      undefined,
    ]);
  });

  test("of a gauge are the last of them, because states have no sum", () => {
    const series = halves.map((half, index) => ({ labelValues: [half, ""], value: index }));
    expect(body(snapshotOf({ ...retries, kind: "gauge", series }))).toEqual([
      'retry_attempts_total{primitive_name="\uFFFD"} 2',
    ]);
  });
});
