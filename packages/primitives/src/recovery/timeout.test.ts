import { beforeEach, describe, expect, it } from "vitest";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { timeout } from "./timeout.ts";

let registry: Registry;
beforeEach(() => {
  registry = slot().registry = createRegistry();
});

/** Stops when it is told to. */
const slow =
  (ms: number) =>
  async (_input: unknown, context: WorkflowContext): Promise<string> => {
    await context.sleep("work", ms);
    return "done";
  };

interface Timers {
  startTimer(ms: number, fire: () => void): () => void;
}

/** Pays no attention to its signal. */
const deaf =
  (ms: number) =>
  async (_input: unknown, { runtime }: WorkflowContext): Promise<string> => {
    await new Promise<void>((resolve) => {
      (runtime as unknown as Timers).startTimer(ms, resolve);
    });
    return "late";
  };

function expirations(name: string): { soft: number; hard: number } {
  const counter = registry.counter("timeout.expirations");
  return {
    soft: counter.bind({ primitive_name: name, kind: "soft" }).value,
    hard: counter.bind({ primitive_name: name, kind: "hard" }).value,
  };
}

const orphaned = (name: string): number =>
  registry.counter("execution.orphaned").bind({ primitive_name: name }).value;

describe("a timeout", () => {
  it("is the step where that ends in time", async () => {
    const virtual = virtualRuntime();
    const quick = timeout(slow(99), { timeoutMs: 100 }).named("quick");
    expect(await virtual.execute(quick, 0)).toBe("done");
    expect(expirations("quick")).toEqual({ soft: 0, hard: 0 });
    expect(virtual.pendingTimers).toBe(0);
  });

  it("rejects at the limit with an error that has the limit, and aborts the step's signal with it", async () => {
    const virtual = virtualRuntime();
    const reasons: unknown[] = [];
    const step = async (input: unknown, context: WorkflowContext): Promise<string> => {
      context.signal.addEventListener("abort", () => reasons.push(context.signal.reason));
      return slow(1_000)(input, context);
    };
    const began = virtual.nowMs;
    const error: unknown = await virtual
      .execute(timeout(step, { timeoutMs: 100 }).named("limited"), 0)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: "TimeoutError",
      code: "TIMEOUT",
      timeoutMs: 100,
      message: '"limited" took longer than 100 ms',
    });
    expect(reasons).toEqual([error]);
    expect(reasons[0]).toBe(error);
    expect(virtual.nowMs - began).toBe(100);
    expect(expirations("limited")).toEqual({ soft: 1, hard: 0 });
    expect(virtual.pendingTimers).toBe(0);
  });

  it("waits for a step that ends within its grace period, and drops its value", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const soft = timeout(deaf(130), { timeoutMs: 100, graceMs: 50 }).named("soft");
    await expect(virtual.execute(soft, 0)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(virtual.nowMs - began).toBe(130);
    expect(expirations("soft")).toEqual({ soft: 1, hard: 0 });
    expect(orphaned("soft")).toBe(0);
  });

  it("leaves a step behind that goes on after its grace period, and counts it", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const hard = timeout(deaf(1_000), { timeoutMs: 100, graceMs: 50 }).named("hard");
    await expect(virtual.execute(hard, 0)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(virtual.nowMs - began).toBe(150);
    expect(expirations("hard")).toEqual({ soft: 0, hard: 1 });
    expect(orphaned("hard")).toBe(1);
  });

  it("passes on what the step throws, also in the very moment of the limit", async () => {
    const failing = async (_input: unknown, context: WorkflowContext): Promise<never> => {
      await context.sleep("work", 10);
      throw new Error("mine");
    };
    await expect(virtualRuntime().execute(timeout(failing, { timeoutMs: 100 }), 0)).rejects.toThrow(
      "mine",
    );
  });

  it("is told of a caller's abort as it is", async () => {
    const controller = new AbortController();
    const virtual = virtualRuntime();
    const limited = timeout(
      async (input: unknown, context: WorkflowContext) => {
        setImmediate(() => controller.abort("stop"));
        return slow(1_000)(input, context);
      },
      { timeoutMs: 2_000 },
    ).named("aborted");
    const run = virtual.execute(limited, 0, { signal: controller.signal });
    await expect(run).rejects.toBe("stop");
    expect(expirations("aborted")).toEqual({ soft: 0, hard: 0 });
  });

  it("within one that is shorter ends with the outer one, whatever its own limit and grace", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    const inner = timeout(slow(60_000), { timeoutMs: 50_000, graceMs: 50_000 }).named("inner");
    const outer = timeout(inner, { timeoutMs: 20 }).named("outer");
    await expect(virtual.execute(outer, 0)).rejects.toMatchObject({ timeoutMs: 20 });
    expect(virtual.nowMs - began).toBe(20);
    expect(expirations("inner")).toEqual({ soft: 0, hard: 0 });
    expect(virtual.pendingTimers).toBe(0);
  });

  it("within a run that has less time left ends with the run", async () => {
    const run = virtualRuntime().execute(
      workflow("w", timeout(slow(60_000), { timeoutMs: 50_000 })),
      0,
      { timeoutMs: 20 },
    );
    await expect(run).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });

  it("shows the step what is left as its deadline", async () => {
    const virtual = virtualRuntime();
    const left = async (_input: number, { deadlineMs }: WorkflowContext): Promise<number> =>
      deadlineMs! - virtual.nowMs;
    expect(await virtual.execute(timeout(left, { timeoutMs: 100 }), 0)).toBe(100);
    expect(
      await virtual.execute(timeout(timeout(left, { timeoutMs: 500 }), { timeoutMs: 100 }), 0),
    ).toBe(100);
    expect(await virtual.execute(timeout(left, { timeoutMs: 500 }), 0, { timeoutMs: 50 })).toBe(50);
  });

  it("limits a composite as a whole", async () => {
    const steps: number[] = [];
    const chain = sequential(
      async (input: number, context: WorkflowContext) => {
        await context.sleep("a", 60);
        steps.push(1);
        return input;
      },
      async (input: number, context: WorkflowContext) => {
        await context.sleep("b", 60);
        steps.push(2);
        return input;
      },
    );
    const virtual = virtualRuntime();
    await expect(virtual.execute(timeout(chain, { timeoutMs: 100 }), 0)).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    await virtual.advance(1_000);
    expect(steps).toEqual([1]);
  });

  it("is a timeout too where a step keeps the process so busy that no timer fires", async () => {
    const busy = async (input: number): Promise<number> => {
      const end = performance.now() + 20;
      while (performance.now() < end);
      return input;
    };
    const chain = sequential(
      async (input: number, context: WorkflowContext) => {
        await context.sleep("a moment", 1);
        return input;
      },
      busy,
      async (input: number) => input,
    );
    await expect(timeout(chain, { timeoutMs: 10 }).execute(0)).rejects.toMatchObject({
      code: "TIMEOUT",
    });
  });

  it("has the name of what it wraps, and its limits as data", () => {
    async function search(): Promise<number> {
      return 1;
    }
    const limited = timeout(search, { timeoutMs: 5 });
    expect(limited.name).toBe("search");
    expect(limited.describe().options).toEqual({ timeoutMs: 5, graceMs: 0 });
  });
});
