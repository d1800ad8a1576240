import { describe, expect, it } from "vitest";
import { workflow } from "../composition/workflow.ts";
import { fallback } from "../recovery/fallback.ts";
import { retry } from "../recovery/retry.ts";
import { slot } from "../slot.ts";
import { scripted } from "./scripted.ts";
import { recordTelemetry } from "./telemetry-recording.ts";
import { virtualRuntime } from "./virtual-runtime.ts";

const flaky = (): ReturnType<typeof retry<number, number>> =>
  retry(
    scripted<number, number>("load", [{ rejects: new Error("no"), afterMs: 250 }, { returns: 1 }]),
    {
      attempts: 2,
      backoff: { kind: "constant", delayMs: 1_000 },
    },
  );

describe("a telemetry recording", () => {
  it("counts runs of primitives made before and after it began", async () => {
    const before = flaky();
    using telemetry = recordTelemetry();
    await virtualRuntime().execute(before, 0);
    await virtualRuntime().execute(flaky(), 0);
    const recovered = { primitive_name: "load", outcome: "succeeded_after_retry" } as const;
    expect(telemetry.total("retry.outcomes", recovered)).toBe(2);
    expect(
      telemetry.total("retry.outcomes", { primitive_name: "load", outcome: "failed_first" }),
    ).toBe(0);
  });

  it("begins at nothing, and gives the process its registry back", async () => {
    const { registry, logListeners } = slot();
    const listeners = logListeners.size;
    const primitive = flaky();
    {
      using outer = recordTelemetry();
      await virtualRuntime().execute(primitive, 0);
      {
        using inner = recordTelemetry();
        expect(inner.metrics("retry.outcomes")).toEqual([]);
        expect(slot().registry).not.toBe(registry);
      }
      await virtualRuntime().execute(primitive, 0);
      expect(outer.total("primitive.execution.count", { primitive_type: "retry" })).toBe(2);
    }
    expect(slot().registry).toBe(registry);
    expect(logListeners.size).toBe(listeners);
  });

  it("reads histograms by count and sum", async () => {
    using telemetry = recordTelemetry();
    await virtualRuntime().execute(flaky(), 0);
    expect(telemetry.metrics("primitive.execution.duration", { primitive_type: "retry" })).toEqual([
      {
        labels: { primitive_name: "load", primitive_type: "retry", status: "success" },
        value: 1,
        sum: 1.25,
      },
    ]);
  });

  it("collects log events in their order, with the run's own time", async () => {
    using telemetry = recordTelemetry();
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const served = fallback(flaky(), [() => 2]);
    await virtual.execute(workflow("w", served), 0, { correlationId: "req-1" });
    const failing = workflow("bad", () => {
      throw new Error("no");
    });
    await expect(virtual.execute(failing, 0)).rejects.toThrow("no");
    expect(telemetry.events).toMatchObject([
      { event: "attempt.retried", timestampMs: began + 250, correlationId: "req-1" },
      { event: "run.failed", timestampMs: began + 1_250 },
    ]);
  });
});
