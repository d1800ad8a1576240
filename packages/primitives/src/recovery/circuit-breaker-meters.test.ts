import { afterEach, describe, expect, it } from "vitest";
import { workflow } from "../composition/workflow.ts";
import { slot } from "../slot.ts";
import type { LogEvent } from "../telemetry/log-event.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { breakerOf, FOUR_FAILURES, give, halfOpen, NO, RULES } from "./circuit-breaker.fixture.ts";

function count(kind: "success" | "failure" | "rejected", name: string): number {
  const { registry } = slot();
  return registry.counter("circuit_breaker.calls").bind({ primitive_name: name, kind }).value;
}

function gauge(name: string): number {
  return slot().registry.gauge("circuit_breaker.state").bind({ primitive_name: name }).value;
}

describe("what a breaker reports", () => {
  const events: LogEvent[] = [];
  const listen = (event: LogEvent): void => void events.push(event);
  afterEach(() => {
    slot().logListeners.delete(listen);
    events.length = 0;
  });

  it("are its calls by kind, its changes and its state", async () => {
    const { breaker, runtime } = await halfOpen();
    const { name } = breaker;
    expect(gauge(name)).toBe(1);
    const gate = Promise.withResolvers<string>();
    const probe = breaker.execute(() => gate.promise, { runtime });
    await give(breaker, runtime, "succeed");
    expect(gauge(name)).toBe(0.5);
    gate.resolve("ok");
    await probe;
    expect(gauge(name)).toBe(0);
    expect([count("success", name), count("failure", name), count("rejected", name)]).toEqual([
      1, 4, 1,
    ]);
    const changes = slot().registry.counter("circuit_breaker.transitions");
    const changed = (["closed->open", "open->half_open", "half_open->closed"] as const).map(
      (change) => {
        const [from, to] = change.split("->") as ["closed", "open"];
        return changes.bind({ primitive_name: name, from, to }).value;
      },
    );
    expect(changed).toEqual([1, 1, 1]);
  });

  it("exists before the first call, where the workflow is known", () => {
    const breaker = breakerOf();
    workflow("w", breaker);
    const series = slot()
      .registry.snapshot()
      .metrics.filter(({ name }) => name.startsWith("circuit_breaker."))
      .map(({ name, series: all }) => [
        name,
        all.filter(({ labelValues }) => labelValues.includes(breaker.name)).length,
      ]);
    expect(series).toEqual([
      ["circuit_breaker.state", 1],
      ["circuit_breaker.transitions", 4],
      ["circuit_breaker.calls", 4],
    ]);
  });

  it("is the state under every name, also one that comes later", async () => {
    const { breaker, runtime } = await halfOpen();
    const named = breaker.named(`other-${breaker.name}`);
    workflow("w", named);
    expect([gauge(breaker.name), gauge(named.name)]).toEqual([1, 1]);
    await give(breaker, runtime, "succeed");
    expect([gauge(breaker.name), gauge(named.name)]).toEqual([0, 0]);
  });

  it("is each change of state, with the error that tipped it", async () => {
    slot().logListeners.add(listen);
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    await give(breaker, runtime, ...FOUR_FAILURES);
    await runtime.advance(RULES.openMs);
    await give(breaker, runtime, "succeed");
    const changes = events.filter(({ event }) => event === "circuit_breaker.changed");
    expect(changes.map(({ level, fields, error }) => ({ level, ...fields, error }))).toEqual([
      { level: "warn", from: "closed", to: "open", error: NO },
      { level: "info", from: "open", to: "half_open", error: undefined },
      { level: "info", from: "half_open", to: "closed", error: undefined },
    ]);
    expect(changes[0]).toMatchObject({ primitiveName: breaker.name });
  });
});
