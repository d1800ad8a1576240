import { beforeEach, describe, expect, it } from "vitest";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { delay } from "./delay.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

const waited = (outcome: "completed" | "cancelled" | "timeout", name = "wait") =>
  registry
    .histogram("wait.duration")
    .bind({ primitive_name: name, wait_kind: "delay", outcome })
    .data();

describe("a delay", () => {
  it("waits, then passes its input on", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const input = { text: "a" };
    const later = sequential((value: typeof input) => value, delay(90_000));
    expect(await virtual.execute(later, input)).toBe(input);
    expect(virtual.nowMs - began).toBe(90_000);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("of 0 ms is over at once", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    expect(await virtual.execute(delay<number>(0), 5)).toBe(5);
    expect(virtual.nowMs).toBe(began);
  });

  it("is measured as waiting", async () => {
    await virtualRuntime().execute(delay(1_500), 0);
    expect(waited("completed")).toMatchObject({ count: 1, sum: 1.5 });
  });

  it("ends at once when the caller aborts, with the caller's reason", async () => {
    const controller = new AbortController();
    const run = delay(60_000).execute(0, { signal: controller.signal });
    setImmediate(() => controller.abort("stop"));
    await expect(run).rejects.toBe("stop");
    expect(waited("cancelled").count).toBe(1);
  });

  it("does not hold the deadline of the run", async () => {
    const virtual = virtualRuntime();
    const run = virtual.execute(workflow("w", delay(60_000).named("nap")), 0, { timeoutMs: 1_000 });
    await expect(run).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(waited("timeout", "nap")).toMatchObject({ count: 1, sum: 1 });
  });

  it("has its length as data", () => {
    expect(delay(5).describe()).toMatchObject({ type: "wait", options: { kind: "delay", ms: 5 } });
  });

  it.each<[unknown, Error]>([
    ["5", new TypeError('delay(ms): expected a finite number of at least 0, got "5"')],
    [-1, new RangeError("delay(ms): expected a finite number of at least 0, got -1")],
    [Infinity, new RangeError("delay(ms): expected a finite number of at least 0, got Infinity")],
  ])("of %j is refused", (ms, error) => {
    expect(() => delay(ms as number)).toThrow(error);
  });
});
