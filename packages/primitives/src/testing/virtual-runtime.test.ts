import * as fc from "fast-check";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { map } from "../composition/map.ts";
import { parallel } from "../composition/parallel.ts";
import { race } from "../composition/race.ts";
import { sequential } from "../composition/sequential.ts";
import { workflow } from "../composition/workflow.ts";
import type { WorkflowContext } from "../context.ts";
import { definePrimitive } from "../define.ts";
import { retry } from "../recovery/retry.ts";
import { timeout } from "../recovery/timeout.ts";
import { virtualRuntime } from "./virtual-runtime.ts";

const nap =
  (ms: number) =>
  async (_input: unknown, context: WorkflowContext): Promise<number> => {
    await context.sleep("nap", ms);
    return ms;
  };
const failing = (): never => {
  throw new Error("no");
};

describe("a virtual runtime", () => {
  it("waits for hours without waiting", async () => {
    const virtual = virtualRuntime();
    const hourly = retry(failing, {
      attempts: 25,
      backoff: { kind: "constant", delayMs: 3_600_000 },
    });
    const began = virtual.nowMs;
    await expect(virtual.execute(hourly, 0)).rejects.toThrow("no");
    expect(virtual.nowMs - began).toBe(24 * 3_600_000);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("begins at a moment that can have a deadline after it", async () => {
    const virtual = virtualRuntime();
    expect(virtual.nowMs).toBe(Date.parse("2026-01-01T00:00:00Z"));
    const late = virtual.execute(workflow("w", nap(2_000)), 0, {
      deadlineMs: virtual.nowMs + 1_000,
    });
    await expect(late).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(virtualRuntime({ startMs: 5 }).nowMs).toBe(5);
  });

  it("shows steps the virtual clock", async () => {
    const virtual = virtualRuntime({ startMs: 200_000_000_000 });
    const clocks = sequential(nap(250), (_input: number, { runtime }) => [
      runtime.now(),
      runtime.elapsed(),
      runtime.kind,
    ]);
    expect(await virtual.execute(clocks, 0)).toEqual([200_000_000_250, 250, "virtual"]);
  });

  it("fires what is due at one moment in the order in which it was begun", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }),
        async (waits) => {
          const order: number[] = [];
          const items = map(async (index: number, context) => {
            await context.sleep("nap", waits[index]!);
            order.push(index);
          });
          await virtualRuntime().execute(items, [...waits.keys()]);
          const expected = [...waits.keys()].toSorted((a, b) => waits[a]! - waits[b]! || a - b);
          expect(order).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("lets everything run that can before time moves", async () => {
    const virtual = virtualRuntime();
    const long = definePrimitive({
      type: "long",
      run: async () => {
        for (let hop = 0; hop < 1_000; hop++) await Promise.resolve();
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        return "done";
      },
    });
    expect(await virtual.execute(timeout(long, { timeoutMs: 1 }), 0)).toBe("done");
  });

  it("gives runs of one seed the same chance and ids, and of another seed others", async () => {
    const draw = (_input: unknown, { runtime, workflowId }: WorkflowContext): unknown[] => [
      runtime.random(),
      runtime.random(),
      runtime.newId(),
      workflowId,
    ];
    const drawn = async (seed: string): Promise<unknown[]> => {
      const virtual = virtualRuntime({ seed });
      return [
        await virtual.execute(workflow("w", draw), 0),
        await virtual.execute(workflow("w", draw), 0),
      ];
    };
    const first = await drawn("a");
    expect(await drawn("a")).toEqual(first);
    expect(new Set([...first, ...(await drawn("b"))].flat()).size).toBe(16);
    expect(first[0]).toEqual([
      expect.any(Number),
      expect.any(Number),
      expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
      expect.any(String),
    ]);
  });

  it("drives several executions at once", async () => {
    const virtual = virtualRuntime();
    const both = await virtual.run(() =>
      Promise.all([
        nap3.execute(0, { runtime: virtual }),
        virtual.execute(nap3, 0),
        virtual.execute(nap3, 0),
      ]),
    );
    expect(both).toEqual([3, 3, 3]);
    expect(virtual.nowMs).toBe(virtualRuntime().nowMs + 3);
  });
  const nap3 = sequential(nap(3));

  it("rejects with what the work throws, also at once", async () => {
    const virtual = virtualRuntime();
    await expect(virtual.run(failing)).rejects.toThrow("no");
    await expect(virtual.execute(workflow("w", failing), 0)).rejects.toThrow("no");
  });

  it("ends a race at the moment at which it is won", async () => {
    const virtual = virtualRuntime();
    const began = virtual.nowMs;
    expect(await virtual.execute(race({ slow: nap(5_000), quick: nap(20) }), 0)).toBe(20);
    expect(virtual.nowMs - began).toBe(20);
    expect(virtual.pendingTimers).toBe(0);
  });
});

describe("time moved by hand", () => {
  it("goes through the timers that are due", async () => {
    const virtual = virtualRuntime();
    const done: number[] = [];
    const began = virtual.nowMs;
    const run = parallel([nap(10), nap(20), nap(30)].map((step) => step))
      .execute(0, { runtime: virtual })
      .then((values) => done.push(...values));
    await virtual.advance(0);
    expect(virtual.pendingTimers).toBe(3);
    await virtual.advance(20);
    expect(virtual.pendingTimers).toBe(1);
    expect(virtual.nowMs - began).toBe(20);
    await virtual.advance(1_000);
    expect(done).toEqual([10, 20, 30]);
    expect(virtual.nowMs - began).toBe(1_020);
    await run;
  });
});

describe("the real world", () => {
  it("is waited for while no timer is due", async () => {
    const server = createServer((_request, response) => void response.end("hello")).listen(
      0,
      "127.0.0.1",
    );
    try {
      await new Promise((resolve) => {
        server.once("listening", resolve);
      });
      const { port } = server.address() as AddressInfo;
      const load = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}`)).text();
      const steps = sequential(nap(1_000), load, async (text: string) => {
        await readFile(import.meta.filename);
        return text;
      });
      expect(await virtualRuntime().execute(steps, 0)).toBe("hello");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("is waited for where a timer is due when told so", async () => {
    const virtual = virtualRuntime();
    const read = async (): Promise<boolean> =>
      (await virtual.standStill(() => readFile(import.meta.filename))).length > 0;
    expect(await virtual.execute(timeout(read, { timeoutMs: 1 }), 0)).toBe(true);
    const order: string[] = [];
    const held = async (_input: unknown, context: WorkflowContext): Promise<void> => {
      const soon = context.sleep("now", 0).then(() => order.push("timer"));
      await virtual.standStill(async () => {
        await readFile(import.meta.filename);
        order.push("file");
      });
      await soon;
    };
    await virtual.execute(workflow("w", held), 0);
    expect(order).toEqual(["file", "timer"]);
    const patient = virtualRuntime({ ioWaitMs: 20 });
    const alone = async (): Promise<boolean> => (await readFile(import.meta.filename)).length > 0;
    expect(await patient.execute(timeout(alone, { timeoutMs: 1 }), 0)).toBe(true);
  });

  it("may start a timer while it is waited for", async () => {
    const virtual = virtualRuntime();
    const mixed = async (_input: unknown, context: WorkflowContext): Promise<string> => {
      await readFile(import.meta.filename);
      await context.sleep("nap", 60_000);
      await readFile(import.meta.filename);
      return "done";
    };
    expect(await virtual.execute(workflow("w", mixed), 0)).toBe("done");
  });

  it("is given up when nothing comes of it, without using the processor meanwhile", async () => {
    const virtual = virtualRuntime({ stallMs: 100 });
    const never = (): Promise<never> => new Promise(() => undefined);
    const before = performance.eventLoopUtilization();
    await expect(virtual.execute(workflow("w", never), 0)).rejects.toThrow(
      /nothing happened for 100 ms .* outside virtual time/,
    );
    expect(performance.eventLoopUtilization(before).idle).toBeGreaterThan(50);
    // The next run is not affected.
    expect(await virtual.execute(workflow("w", nap(5)), 0)).toBe(5);
  });
});

describe("wrong options of a virtual runtime", () => {
  it.each([
    [{ startMs: -1 }, RangeError, "virtualRuntime({ startMs })"],
    [{ stallMs: 0 }, RangeError, "virtualRuntime({ stallMs })"],
    [{ ioWaitMs: "1" as never }, TypeError, "virtualRuntime({ ioWaitMs })"],
  ])("are named: %j", (options, type, name) => {
    expect(() => virtualRuntime(options)).toThrow(type);
    expect(() => virtualRuntime(options)).toThrow(name);
  });
});
