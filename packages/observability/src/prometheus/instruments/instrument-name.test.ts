import { metricDescriptors } from "@tta-dev/primitives/catalog";
import { describe, expect, test } from "vitest";
import { instrumentName } from "./instrument-name.ts";

describe("the name of an instrument in Prometheus", () => {
  test.each([
    [
      "http.server.request.duration",
      "s",
      "histogram",
      "http_server_request_duration_seconds",
      "seconds",
    ],
    ["queue.wait", "ms", "histogram", "queue_wait_milliseconds", "milliseconds"],
    ["operation_duration_seconds", "s", "histogram", "operation_duration_seconds", "seconds"],
    ["operation_errors_total", "1", "counter", "operation_errors", undefined],
    ["jobs.done", "{job}", "counter", "jobs_done", undefined],
    ["jobs.done", "", "counter", "jobs_done", undefined],
    ["sent_total", "By", "counter", "sent_bytes", "bytes"],
    ["network", "By/s", "gauge", "network_bytes_per_second", "bytes_per_second"],
    ["packets", "{packet}/s", "gauge", "packets_per_second", "per_second"],
    ["speed", "m/h", "gauge", "speed_meters_per_hour", "meters_per_hour"],
    ["hit.rate", "1", "gauge", "hit_rate_ratio", "ratio"],
    ["cpu", "%", "gauge", "cpu_percent", "percent"],
    ["llm_cost_usd_total", "USD", "counter", "llm_cost_usd", "usd"],
    ["sold.Items", "items", "gauge", "sold_Items", "Items"],
    ["fuel", "gal_us", "gauge", "fuel_gal_us", "gal_us"],
    [
      "odd",
      "weird unit!/fortnight",
      "gauge",
      "odd_weird_unit_per_fortnight",
      "weird_unit_per_fortnight",
    ],
    ["seconds", "s", "gauge", "seconds", undefined],
    ["total", "", "counter", "total", undefined],
    ["7.zip", "", "gauge", "_7_zip", undefined],
    ["_private", "", "gauge", "_private", undefined],
    ["a--b//c..", "", "gauge", "a_b_c", undefined],
    ["größe", "", "gauge", "gr_e", undefined],
  ] as const)("of %s with unit %j, a %s, is %s", (name, unit, type, family, word) => {
    expect(instrumentName({ name, unit }, type, type === "gauge")).toEqual({
      name: family,
      ...(word !== undefined && { unit: word }),
    });
  });

  test("has no ratio where the instrument is a sum that may fall", () => {
    expect(instrumentName({ name: "share", unit: "1" }, "gauge", false)).toEqual({ name: "share" });
  });

  test.each(["", "_", "温度", "..."])("is none for %j", (name) => {
    expect(() => instrumentName({ name, unit: "s" }, "gauge", true)).toThrow(TypeError);
  });

  test("is the catalogue's for every metric of the catalogue", () => {
    for (const { name, unit, kind, prometheusName } of metricDescriptors.values()) {
      const type = kind === "upDown" ? "gauge" : kind;
      const { name: family } = instrumentName({ name, unit }, type, kind === "gauge");
      expect(kind === "counter" ? `${family}_total` : family).toBe(prometheusName);
    }
  });
});
