import { describe, expect, it } from "vitest";
import { createSilentRegistry } from "./silent-registry.ts";

describe("a silent registry", () => {
  it("takes what every kind of series takes and shows none of it", () => {
    const registry = createSilentRegistry();
    const span = { traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 };
    const count = registry.counter("retry.attempts").bind({});
    count.value++;
    count.add(2);
    count.exemplify(span, 0);
    registry.counter("llm.cost.usd").bind({}).addNanoUsd(5);
    registry.upDown("primitive.execution.active").bind({}).add(-1);
    registry.gauge("cache.entries").bind({}).set(3);
    const duration = registry.histogram("wait.duration").bind({});
    duration.record(1);
    duration.exemplify(1, span, 0);
    expect(registry.snapshot().metrics).toEqual([]);
  });

  it("never asks the callback of an observed gauge", () => {
    const registry = createSilentRegistry();
    const stop = registry.observe("cache.entries", () => {
      throw new Error("asked");
    });
    expect(registry.snapshot().metrics).toEqual([]);
    stop();
  });
});
