import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WorkflowContext } from "../context.ts";
import { createRegistry, type Registry } from "../metrics/registry.ts";
import { primitiveOf, type Primitive } from "../primitive.ts";
import { nodeOf } from "../tree/node-of.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { TreeNode } from "../tree/node.ts";
import { DetachedCall, detachableEdge } from "./detached.ts";

/** A primitive that calls its step detached and does with the call what the test says. */
function detaching<O>(
  step: (input: string, context: WorkflowContext) => unknown,
  use: (call: DetachedCall, start: () => Promise<unknown>) => O,
): Primitive<string, Awaited<O>> {
  const edge = detachableEdge("body", nodeOf(step));
  return primitiveOf(
    new TreeNode({
      type: "detaching",
      name: "detaching",
      leaf: false,
      children: [edge],
      run: (input: string, context) => {
        const call = new DetachedCall(context);
        return use(call, () => call.run(edge, input));
      },
    }),
  );
}

const hang = (_input: string, { signal }: WorkflowContext): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

let before: Registry;
beforeEach(() => {
  before = slot().registry;
  slot().registry = createRegistry();
});
afterEach(() => {
  slot().registry = before;
});

describe("a detached call", () => {
  it("outlives the call that starts it, and is stopped by abort alone", async () => {
    let detached: DetachedCall | undefined;
    let result: Promise<unknown> | undefined;
    const starter = detaching(hang, (call, start) => {
      detached = call;
      result = start().catch(String);
      return "started";
    });
    const controller = new AbortController();
    expect(await starter.execute("a", { signal: controller.signal })).toBe("started");
    controller.abort();
    expect(detached!.isStopped).toBe(false);
    detached!.abort("enough");
    expect(detached!.isStopped).toBe(true);
    expect(await result).toBe("enough");
  });

  it("is refused at the door when its deadline has passed, and leaves nothing behind", async () => {
    const virtual = virtualRuntime();
    let settled = 0;
    const starter = detaching(hang, (call, start) => {
      call.extendDeadline(-1);
      call.whenSettled(() => settled++);
      const result = start();
      // Too late to matter.
      call.abort("enough");
      return result;
    });
    await expect(starter.execute("a", { runtime: virtual })).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
    });
    expect(settled).toBe(1);
    expect(virtual.pendingTimers).toBe(0);
  });

  it("tells those who ask later that it has settled", async () => {
    const starter = detaching(
      () => "done",
      async (call, start) => {
        await start();
        let settled = false;
        call.whenSettled(() => {
          settled = true;
        });
        return settled;
      },
    );
    expect(await starter.execute("a")).toBe(true);
  });

  it("moves its deadline out, never in", async () => {
    const virtual = virtualRuntime();
    const seen: (number | undefined)[] = [];
    const starter = detaching(
      (_input, { deadlineMs }) => deadlineMs! - virtual.nowMs,
      (call, start) => {
        for (const leftMs of [50, 80, 20]) call.extendDeadline(leftMs);
        return start();
      },
    );
    seen.push((await starter.execute("a", { runtime: virtual })) as number);
    expect(seen).toEqual([80]);
  });

  it("sees the state of its starter and keeps what it writes to itself", async () => {
    const starter = detaching(
      (_input, { state }) => state.set("own", state.get("given")),
      async (call, start) => {
        await start();
        return call.writes();
      },
    );
    const read = primitiveOf<string, unknown>(
      new TreeNode({
        type: "reading",
        leaf: true,
        run: async (input: string, context: WorkflowContext) => [
          await starter.execute(input, context),
          context.state.has("own"),
        ],
      }),
    );
    expect(await read.execute("a", { state: { given: 1 } })).toEqual([[["own", 1]], false]);
  });

  it("counts as one call with a duration, whoever has settled before", async () => {
    let result: Promise<unknown> | undefined;
    const work = async (): Promise<string> => "done";
    const starter = detaching(work, (_call, start) => {
      result = start();
      return "started";
    });
    await starter.execute("a");
    await result;
    const metrics = slot().registry.snapshot().metrics;
    const executions = metrics.find(({ name }) => name === "primitive.execution.count")!;
    expect(executions.series.map(({ labelValues }) => labelValues[0])).toEqual([
      "detaching",
      "work",
    ]);
    const orphaned = metrics.find(({ name }) => name === "execution.orphaned");
    expect(orphaned).toBeUndefined();
  });
});
