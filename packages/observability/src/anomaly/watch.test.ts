import type { Span } from "@opentelemetry/api";
import type { EndedRun, LogEvent } from "@tta-dev/primitives";
import { createRegistry } from "@tta-dev/primitives";
import { describe, expect, test, vi } from "vitest";
import type { Anomaly, AnomalyOptions } from "./anomaly.ts";
import { anomalySettings } from "./options.ts";
import { createAnomalyWatch } from "./watch.ts";

const MINUTE_MS = 60_000;

function setUp(options: AnomalyOptions = {}) {
  const registry = createRegistry();
  const anomalies: Anomaly[] = [];
  const lines: LogEvent[] = [];
  const clock = { nowMs: 0 };
  const watch = createAnomalyWatch(
    anomalySettings({ onAnomaly: (anomaly) => anomalies.push(anomaly), ...options }),
    { registry, now: () => clock.nowMs, log: (line) => lines.push(line) },
  );
  /** Twenty runs in one minute. */
  const minute = (number: number, fields: Partial<EndedRun> = {}, runs = 20): void => {
    for (let index = 0; index < runs; index++) {
      clock.nowMs = number * MINUTE_MS + index;
      watch.ended({
        workflowName: "answer",
        workflowId: "r",
        primitiveName: "answer",
        isRoot: true,
        status: "success",
        endedAtMs: clock.nowMs,
        durationSeconds: 0.5 + 0.001 * index,
        pausedSeconds: 0,
        costNanoUsd: 1000,
        tokens: 10,
        ...fields,
      });
    }
  };
  const metric = (name: string) =>
    registry.snapshot().metrics.find((one) => one.name === name)?.series ?? [];
  return { watch, anomalies, lines, clock, minute, metric };
}

describe("a watch over runs", () => {
  test("tells of slow runs: callback, log line, counter, gauge, and the spans that are it", () => {
    const { watch, anomalies, lines, minute, metric } = setUp();
    for (let number = 0; number < 60; number++) minute(number);
    const span = { setAttributes: vi.fn(), addEvent: vi.fn() };
    for (let number = 60; number < 64; number++)
      minute(number, { durationSeconds: 5, span: span as unknown as Span });
    expect(anomalies).toMatchObject([
      { signal: "latency", series: "answer", change: "started", direction: "above", value: 5 },
    ]);
    expect(anomalies[0]!.expected).toBeCloseTo(0.51, 1);
    expect(lines).toMatchObject([
      { event: "anomaly.started", level: "warn", workflowName: "answer" },
    ]);
    expect(metric("anomaly.events")).toContainEqual({
      labelValues: ["latency", "answer"],
      value: 1,
    });
    expect(metric("anomaly.score")).toContainEqual(
      expect.objectContaining({ labelValues: ["latency", "answer"] }),
    );
    expect(watch.active()).toMatchObject([{ signal: "latency", series: "answer" }]);
    expect(span.addEvent).toHaveBeenCalledTimes(1);
    // The run that settled it, and those after it that are as slow.
    expect(span.setAttributes.mock.calls.length).toBe(40);
    expect(span.setAttributes.mock.calls[0]![0]).toMatchObject({ "anomaly.signal": "latency" });
  });

  test.each<[string, Partial<EndedRun>, number]>([
    ["error_rate", { status: "error" }, 20],
    ["cost", { costNanoUsd: 9000 }, 20],
    ["tokens", { tokens: 90 }, 20],
    ["throughput", {}, 200],
  ])("finds an unusual %s", (signal, fields, runs) => {
    const { anomalies, minute } = setUp();
    for (let number = 0; number < 60; number++) minute(number);
    for (let number = 60; number < 65; number++) minute(number, fields, runs);
    expect(anomalies.map((anomaly) => anomaly.signal)).toContain(signal);
  });

  test("notices that nothing comes any more, by the clock alone", () => {
    const { watch, anomalies, clock, minute } = setUp();
    for (let number = 0; number < 60; number++) minute(number);
    clock.nowMs = 65 * MINUTE_MS;
    watch.tick();
    expect(anomalies).toMatchObject([
      { signal: "throughput", direction: "below", change: "started" },
    ]);
  });

  test("leaves a person's time out, and a caller's own cancellation", () => {
    const { anomalies, minute } = setUp({ signals: ["latency", "error_rate"] });
    for (let number = 0; number < 60; number++) minute(number);
    for (let number = 60; number < 65; number++)
      minute(number, { durationSeconds: 3600.5, pausedSeconds: 3600, status: "cancelled" });
    expect(anomalies).toEqual([]);
  });

  test("takes fewer failures than usual for good news", () => {
    const { anomalies, minute } = setUp({ signals: ["error_rate"] });
    for (let number = 0; number < 60; number++) {
      minute(number, { status: "error" }, 100);
      minute(number, {}, 100);
    }
    for (let number = 60; number < 70; number++) minute(number, {}, 200);
    expect(anomalies).toEqual([]);
  });

  test("says nothing of a workflow that hardly runs", () => {
    const { anomalies, minute } = setUp();
    for (let number = 0; number < 60; number++) minute(number, {}, 1);
    for (let number = 60; number < 70; number++)
      minute(number, { durationSeconds: 9, status: "error" }, 1);
    expect(anomalies).toEqual([]);
  });

  test("watches so many workflows one by one, and the others together", () => {
    const { minute, metric } = setUp({ maxSeries: 2 });
    for (const name of ["a", "b", "c", "d"]) minute(0, { workflowName: name });
    const series = new Set(metric("anomaly.events").map(({ labelValues }) => labelValues[1]));
    expect([...series]).toEqual(["a", "b", "__other__"]);
  });

  test("goes on when the callback throws, and takes its gauge back", () => {
    const { watch, minute, metric, lines } = setUp({
      onAnomaly: () => {
        throw new Error("a broken listener");
      },
    });
    for (let number = 0; number < 60; number++) minute(number);
    for (let number = 60; number < 64; number++) minute(number, { durationSeconds: 5 });
    expect(lines).toHaveLength(1);
    watch.release();
    expect(metric("anomaly.score")).toEqual([]);
  });
});

describe("the options", () => {
  test.each<[unknown, string]>([
    ["all", "anomalies: options is 'all'; expected an object"],
    [{ signals: ["speed"] }, "anomalies: signals is [ 'speed' ]; expected an array of latency"],
    [{ threshold: 0 }, "anomalies: threshold is 0; expected a number above 0"],
    [{ bucketMs: Number.NaN }, "anomalies: bucketMs is NaN"],
    [{ minEvents: 0.5 }, "anomalies: minEvents is 0.5; expected a whole number, 1 or more"],
    [{ persistence: 2 }, "anomalies: persistence is 2; expected an object"],
    [{ persistence: { unusual: 4, window: 3 } }, "expected at most persistence.window"],
    [
      { seasonMs: 1000 },
      "anomalies: seasonMs is 1000; expected milliseconds, at least bucketMs and at most 31622400000",
    ],
    [{ bucketMs: 1 }, "anomalies: bucketMs is 1; expected milliseconds, 1000 to 86400000"],
    [{ bucketMs: "60000" }, "anomalies: bucketMs is '60000'; expected milliseconds"],
    [{ seasons: 101 }, "anomalies: seasons is 101; expected a whole number, 1 to 100"],
    [{ onAnomaly: 1 }, "anomalies: onAnomaly is 1; expected a function"],
  ])("%j are refused", (options, message) => {
    expect(() => anomalySettings(options as AnomalyOptions)).toThrow(message);
  });
});
