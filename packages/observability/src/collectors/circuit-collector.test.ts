import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  circuitBreaker,
  createRegistry,
  slot,
  step,
  workflow,
  type LogEvent,
} from "@tta-dev/primitives";
import type { CircuitState } from "@tta-dev/primitives/catalog";
import { createCircuitCollector } from "./circuit-collector.ts";

/** A collector with a clock, a registry and events of its own. */
function watch(options: { readonly transitionsKept?: number } = {}) {
  const registry = createRegistry();
  const clock = { nowMs: 1_000 };
  let listener: (event: LogEvent) => void = () => undefined;
  const begin = () =>
    createCircuitCollector({
      registry,
      now: () => clock.nowMs,
      listen(given) {
        listener = given;
        return () => {
          listener = () => undefined;
        };
      },
      ...options,
    });
  const gauge = (name: string, value: number): void =>
    registry.gauge("circuit_breaker.state").bind({ primitive_name: name }).set(value);
  const change = (from: CircuitState, to: CircuitState, more: Partial<LogEvent> = {}): void =>
    listener({
      event: "circuit_breaker.changed",
      level: "info",
      timestampMs: clock.nowMs,
      primitiveName: "model",
      primitivePath: "desk/model",
      fields: { from, to },
      ...more,
    });
  return { registry, clock, begin, gauge, change };
}

describe("createCircuitCollector", () => {
  it("says state, since when, how long in each, and why it moved", () => {
    const { registry, clock, begin, gauge, change } = watch();
    gauge("model", 0);
    const collector = begin();
    clock.nowMs = 5_000;
    gauge("model", 1);
    change("closed", "open", {
      error: Object.assign(new Error("late"), { code: "TIMEOUT" }),
      workflowName: "desk",
      traceId: "0af7651916cd43dd8448eb211c80319c",
    });
    clock.nowMs = 6_500;
    gauge("model", 0.5);
    change("open", "half_open");
    clock.nowMs = 7_000;
    const calls = registry.counter("circuit_breaker.calls");
    for (const [kind, count] of [
      ["success", 6],
      ["failure", 2],
      ["rejected", 9],
    ] as const)
      calls.bind({ primitive_name: "model", kind }).add(count);
    const moved = registry.counter("circuit_breaker.transitions");
    moved.bind({ primitive_name: "model", from: "closed", to: "open" }).add(1);
    moved.bind({ primitive_name: "model", from: "half_open", to: "closed" });

    const [circuit, ...others] = collector.snapshot();
    expect(others).toEqual([]);
    expect(circuit).toEqual({
      name: "model",
      state: "half_open",
      sinceMs: 6_500,
      secondsIn: { closed: 4, open: 1.5, half_open: 0.5 },
      transitions: [
        {
          atMs: 5_000,
          from: "closed",
          to: "open",
          errorType: "TIMEOUT",
          workflowName: "desk",
          traceId: "0af7651916cd43dd8448eb211c80319c",
        },
        { atMs: 6_500, from: "open", to: "half_open" },
      ],
      transitionCounts: [{ from: "closed", to: "open", count: 1 }],
      calls: { success: 6, failure: 2, ignored: 0, rejected: 9 },
      failureRatio: 0.25,
    });
    expect(JSON.parse(JSON.stringify(circuit))).toEqual(circuit);
    expect(collector.snapshot()).toEqual([circuit]);
  });

  it("begins with what the metrics say, and takes a new breaker to have been closed", () => {
    const { clock, begin, gauge, change } = watch();
    gauge("old", 1);
    const collector = begin();
    clock.nowMs = 3_000;
    gauge("new", 0);
    change("open", "half_open", { primitiveName: "unseen", error: new TypeError("no") });
    expect(collector.snapshot()).toMatchObject([
      { name: "old", state: "open", sinceMs: 1_000, failureRatio: null },
      { name: "new", state: "closed", sinceMs: 1_000, secondsIn: { closed: 2 } },
      { name: "unseen", state: "half_open", transitions: [{ errorType: "TypeError" }] },
    ]);
  });

  it("does not know since when, where another process moved a shared breaker", () => {
    const { begin, gauge } = watch();
    gauge("model", 0);
    const collector = begin();
    gauge("model", 1);
    expect(collector.snapshot()).toMatchObject([{ state: "open", sinceMs: null }]);
  });

  it("passes over other events, and hears nothing after its end", () => {
    const { begin, change } = watch();
    const collector = begin();
    change("closed", "open", { event: "run.failed" });
    change("closed", "open", { fields: { from: "shut", to: "open" } });
    collector.release();
    change("closed", "open");
    expect(collector.snapshot()).toEqual([]);
  });

  it("accounts for every second, remembers a bounded number of changes, and stays with the last", () => {
    const states = ["closed", "open", "half_open"] as const;
    const moves = fc.array(
      fc.record({ to: fc.constantFrom(...states), afterMs: fc.integer({ min: -500, max: 5_000 }) }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(moves, fc.integer({ min: 1, max: 10 }), (all, transitionsKept) => {
        const { clock, begin, change } = watch({ transitionsKept });
        const collector = begin();
        let from: CircuitState = "closed";
        let latestMs = clock.nowMs;
        for (const { to, afterMs } of all) {
          clock.nowMs += afterMs;
          latestMs = Math.max(latestMs, clock.nowMs);
          change(from, to);
          from = to;
        }
        clock.nowMs = latestMs + 10;
        const [circuit] = collector.snapshot();
        const { secondsIn, transitions, state } = circuit!;
        const seconds = secondsIn.closed + secondsIn.open + secondsIn.half_open;
        expect(Math.min(...Object.values(secondsIn))).toBeGreaterThanOrEqual(0);
        const times = transitions.map(({ atMs }) => atMs);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
        expect(seconds).toBeCloseTo((clock.nowMs - 1_000) / 1_000, 6);
        expect(transitions.length).toBe(Math.min(all.length, transitionsKept));
        expect(state).toBe(from);
      }),
    );
  });

  it("follows no more names than a metric has series", () => {
    const { begin, change } = watch();
    const collector = begin();
    for (let index = 0; index < 1_100; index++)
      change("closed", "open", { primitiveName: `model-${index}` });
    expect(collector.snapshot()).toHaveLength(1_000);
  });

  it("follows a real breaker", async () => {
    const failing = step("down", () => {
      throw Object.assign(new Error("down"), { code: "DOWN" });
    });
    const breaker = circuitBreaker(failing, {
      failureRatio: 0.5,
      minimumCalls: 2,
      windowMs: 60_000,
      openMs: 60_000,
      halfOpenCalls: 1,
    }).named("collected-breaker");
    const collector = createCircuitCollector({ registry: slot().registry });
    const desk = workflow("collected-desk", breaker);
    for (let call = 0; call < 3; call++)
      await expect(desk.execute(undefined)).rejects.toThrow(call < 2 ? "down" : "is open");
    collector.release();
    expect(collector.snapshot().find(({ name }) => name === "collected-breaker")).toMatchObject({
      state: "open",
      transitions: [
        { from: "closed", to: "open", errorType: "DOWN", workflowName: "collected-desk" },
      ],
      transitionCounts: [{ from: "closed", to: "open", count: 1 }],
      calls: { success: 0, failure: 2, ignored: 0, rejected: 1 },
      failureRatio: 1,
    });
  });
});
