import { describe, expect, it } from "vitest";
import { parallel } from "../composition/parallel.ts";
import { workflow } from "../composition/workflow.ts";
import { fallback } from "../recovery/fallback.ts";
import { retry } from "../recovery/retry.ts";
import { timeout } from "../recovery/timeout.ts";
import { rehearse } from "./rehearse.ts";
import { scripted, type ScriptedOutcome } from "./scripted.ts";
import { virtualRuntime } from "./virtual-runtime.ts";

const no = new Error("no");

describe("a scripted step", () => {
  it("plays its outcomes in turn, and repeats the last", async () => {
    const virtual = virtualRuntime();
    const step = scripted<number, string>("step", [
      { rejects: no },
      { returns: "yes", afterMs: 5 },
    ]);
    const began = virtual.nowMs;
    await expect(virtual.execute(step, 1)).rejects.toBe(no);
    expect(await virtual.execute(step, 2)).toBe("yes");
    expect(await virtual.execute(step, 3)).toBe("yes");
    expect(virtual.nowMs - began).toBe(10);
    expect(step.maxConcurrency).toBe(1);
    expect(
      step.calls.map(({ input, path, startedAtMs, endedAtMs }) => [
        input,
        path,
        startedAtMs - began,
        endedAtMs! - began,
      ]),
    ).toEqual([
      [1, "step", 0, 0],
      [2, "step", 0, 5],
      [3, "step", 5, 10],
    ]);
  });

  it("is a primitive like any other", async () => {
    const step = scripted("step", [{ returns: 1 }]);
    expect(step).toMatchObject({ name: "step", type: "step" });
    expect(workflow("w", step).describe().children[0]!.graph).toMatchObject({
      name: "step",
      leaf: true,
    });
    expect(await step.execute(0)).toBe(1);
  });

  it("waits on the machine's clock in the process", async () => {
    const step = scripted("step", [{ returns: 1, afterMs: 2 }]);
    expect(await step.execute(0)).toBe(1);
    const [call] = step.calls;
    expect(call!.endedAtMs).toBeGreaterThan(call!.startedAtMs);
  });

  it("throws at once, and rejects with whatever it is told", async () => {
    const step = scripted("step", [{ throws: no }, { rejects: undefined }, { rejects: "text" }]);
    await expect(step.execute(0)).rejects.toBe(no);
    await expect(step.execute(0)).rejects.toBe(undefined);
    await expect(step.execute(0)).rejects.toBe("text");
    expect(step.calls).toHaveLength(3);
  });

  it("notes how many calls run at once, and ends their waits on abort", async () => {
    const virtual = virtualRuntime();
    const slow = scripted("slow", [{ returns: 1, afterMs: 1_000 }]);
    const bad = scripted("bad", [{ rejects: no, afterMs: 10 }]);
    await expect(virtual.execute(parallel({ a: slow, b: slow, bad }), 0)).rejects.toBe(no);
    expect(slow.maxConcurrency).toBe(2);
    expect(slow.calls.map(({ concurrency }) => concurrency)).toEqual([1, 2]);
    const [call] = slow.calls;
    expect(call!.abortedWith).toMatchObject({
      reason: { code: "CANCELLED" },
      atMs: call!.startedAtMs + 10,
    });
    expect(call!.endedAtMs).toBe(call!.startedAtMs + 10);
    expect(call!.signal.aborted).toBe(true);
    expect(bad.calls[0]!.abortedWith).toBeUndefined();
  });

  it("hangs until it is aborted", async () => {
    const virtual = virtualRuntime();
    const hanging = scripted<number, never>("hanging", [{ hangs: true }]);
    const limited = timeout(hanging, { timeoutMs: 50 });
    await expect(virtual.execute(limited, 0)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(hanging.calls[0]!.endedAtMs! - hanging.calls[0]!.startedAtMs).toBe(50);
  });

  it("goes on after an abort when it is deaf", async () => {
    const virtual = virtualRuntime();
    const deaf = scripted("deaf", [{ returns: 1, afterMs: 200, ignoresAbort: true }]);
    const limited = timeout(deaf, { timeoutMs: 50, graceMs: 20 });
    await expect(virtual.execute(limited, 0)).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(deaf.calls[0]!.endedAtMs).toBeUndefined();
    await virtual.advance(1_000);
    expect(deaf.calls[0]!.endedAtMs! - deaf.calls[0]!.startedAtMs).toBe(200);
  });

  it("streams, and breaks off", async () => {
    const virtual = virtualRuntime();
    const stream = scripted<number, AsyncIterable<string>>("stream", [
      { yields: ["a", "b"], afterMs: 3 },
      { yields: ["a"], breaksWith: no },
    ]);
    const read = async (): Promise<string[]> => {
      const items: string[] = [];
      for await (const item of await stream.execute(0, { runtime: virtual })) items.push(item);
      return items;
    };
    expect(await virtual.run(read)).toEqual(["a", "b"]);
    await expect(virtual.run(read)).rejects.toBe(no);
    expect(stream.calls[0]!.endedAtMs! - stream.calls[0]!.startedAtMs).toBe(6);
  });

  it("waits in virtual time inside a rehearsal too", async () => {
    const flaky = scripted<number, string>("flaky", [
      { rejects: no, afterMs: 3_600_000 },
      { returns: "yes", afterMs: 3_600_000 },
    ]);
    const report = await rehearse(fallback(retry(flaky, { attempts: 2 }), [() => "never"]), 0);
    expect(report).toMatchObject({ result: "yes", problems: [] });
    expect(flaky.calls).toHaveLength(2);
    expect(flaky.calls[1]!.startedAtMs - flaky.calls[0]!.startedAtMs).toBeGreaterThanOrEqual(
      3_600_000,
    );
  });

  it.each<[ScriptedOutcome<number>[], RegExp]>([
    [[], /expected at least one outcome, got an array/],
    [[{} as never], /outcome 0: expected one of returns, .* got none/],
    [[{ returns: 1 }, { returns: 1, throws: 2 }], /outcome 1: .* got returns, throws/],
  ])("refuses a script that says nothing: %j", (outcomes, message) => {
    expect(() => scripted("step", outcomes)).toThrow(message);
  });
});
