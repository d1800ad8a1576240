import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { parallel } from "../composition/parallel.ts";
import { race } from "../composition/race.ts";
import { CircuitOpenError } from "../errors.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import {
  breakerOf,
  FOUR_FAILURES,
  give,
  halfOpen,
  NO,
  obey,
  RULES,
  tally,
} from "./circuit-breaker.fixture.ts";
import { circuitBreaker } from "./circuit-breaker.ts";
import { timeout } from "./timeout.ts";

const isOpen = expect.any(CircuitOpenError) as unknown;

function count(kind: "failure" | "ignored", name: string): number {
  const { registry } = slot();
  return registry.counter("circuit_breaker.calls").bind({ primitive_name: name, kind }).value;
}

describe("what counts as a failure", () => {
  it("is not the caller's abort", async () => {
    const breaker = breakerOf({ isFailure: () => true });
    const runtime = virtualRuntime();
    for (let call = 0; call < 5; call++) {
      const controller = new AbortController();
      const run = breaker.execute("hang", { runtime, signal: controller.signal });
      await turn();
      controller.abort(new Error("gone"));
      await expect(run).rejects.toThrow("gone");
    }
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
    expect(count("ignored", breaker.name)).toBe(5);
  });

  it("is not the end of a run's time", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    for (let call = 0; call < 5; call++)
      await expect(runtime.execute(breaker, "hang", { timeoutMs: 10 })).rejects.toMatchObject({
        code: "DEADLINE_EXCEEDED",
      });
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
  });

  it("is not a lost race, nor a sibling's failure", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    const rivals = race({ breaker, quick: async () => "quick" });
    const siblings = parallel({ breaker, bad: () => Promise.reject(NO) });
    for (let call = 0; call < 3; call++) {
      expect(await runtime.execute(rivals, "hang")).toBe("quick");
      await expect(runtime.execute(siblings, "hang")).rejects.toBe(NO);
    }
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
    expect(count("ignored", breaker.name)).toBe(6);
  });

  it("is not an abort that the step brings along", async () => {
    const breaker = breakerOf();
    const aborted = (): never => {
      throw new DOMException("This operation was aborted", "AbortError");
    };
    await give(breaker, virtualRuntime(), aborted, aborted, aborted, aborted, "succeed");
    expect(tally.calls).toBe(5);
  });

  it.each([
    [
      "inside",
      (breaker: typeof circuitBreaker) => breaker(timeout(obey, { timeoutMs: 10 }), RULES),
    ],
    [
      "around",
      (breaker: typeof circuitBreaker) => timeout(breaker(obey, RULES), { timeoutMs: 10 }),
    ],
  ])("is a timeout %s", async (_where, make) => {
    const primitive = make(circuitBreaker);
    const seen = await give(primitive, virtualRuntime(), "hang", "hang", "hang", "hang", "hang");
    expect(seen.at(-1)).toEqual(isOpen);
  });

  it("is what isFailure says", async () => {
    const breaker = breakerOf({ isFailure: (error) => error !== NO });
    expect(await give(breaker, virtualRuntime(), ...FOUR_FAILURES, "succeed")).not.toContainEqual(
      isOpen,
    );
    expect(count("ignored", breaker.name)).toBe(4);
  });

  it("is everything that isFailure cannot judge; the step's error is what is thrown", async () => {
    const breaker = breakerOf({
      isFailure: () => {
        throw new Error("a bug");
      },
    });
    const seen = await give(breaker, virtualRuntime(), ...FOUR_FAILURES, "succeed");
    expect(seen).toEqual([NO, NO, NO, NO, isOpen]);
  });
});

describe("a stream", () => {
  async function* words(fails: boolean): AsyncGenerator<string> {
    yield "one";
    if (fails) throw NO;
    yield "two";
  }

  async function collect(stream: AsyncIterable<string>): Promise<string[]> {
    const all: string[] = [];
    for await (const word of stream) all.push(word);
    return all;
  }

  it("counts when it is over, by how it ended", async () => {
    const breaker = breakerOf();
    const runtime = virtualRuntime();
    for (let call = 0; call < 4; call++) {
      const stream = (await runtime.execute(breaker, () => words(true))) as AsyncIterable<string>;
      expect(count("failure", breaker.name)).toBe(call);
      await expect(collect(stream)).rejects.toBe(NO);
    }
    expect(await give(breaker, runtime, "succeed")).toEqual([isOpen]);
  });

  it("keeps the place of a probe until it is over", async () => {
    const { breaker, runtime } = await halfOpen();
    const stream = (await runtime.execute(breaker, () => words(false))) as AsyncIterable<string>;
    expect(await give(breaker, runtime, "succeed")).toEqual([isOpen]);
    expect(await collect(stream)).toEqual(["one", "two"]);
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
  });
});
