import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { step } from "../define.ts";
import { LossyRuntime } from "../runtime/lossy-runtime.fixture.ts";
import { slot } from "../slot.ts";
import { rehearse } from "../testing/rehearse.ts";
import { give, halfOpen, type Order } from "./circuit-breaker.fixture.ts";
import { circuitBreaker } from "./circuit-breaker.ts";
import { retry } from "./retry.ts";

let names = 0;

function count(kind: "success" | "ignored", name: string): number {
  const { registry } = slot();
  return registry.counter("circuit_breaker.calls").bind({ primitive_name: name, kind }).value;
}

// Inside its decisions time is real, beside virtual runs: a circuit that opens for 1 ms is half-open to both.
describe("a circuit breaker on a runtime that journals", () => {
  it("a circuit breaker goes by what it decided then", async () => {
    let calls = 0;
    const shaky = step(`shaky-${names++}`, (input: number) => {
      if (++calls <= 4) throw new Error("no");
      return input;
    });
    const breaker = circuitBreaker(shaky, { minimumCalls: 4, openMs: 1_000 });
    const patient = retry(breaker, {
      attempts: 10,
      retryIf: () => true,
      backoff: { kind: "constant", delayMs: 300 },
    });
    const { result, problems, journal } = await rehearse(patient, 7);
    expect(problems).toEqual([]);
    expect(result).toBe(7);
    expect(calls).toBe(5);
    expect(journal.filter((name) => name.endsWith("/admit"))).toHaveLength(6);
  });

  it("takes a probe's place back from a process that lost its run right after the decision", async () => {
    const { breaker, runtime } = await halfOpen({ openMs: 1 });
    const lossy = new LossyRuntime();
    lossy.lostAfter = "admit";
    void breaker.execute("succeed", { runtime: lossy });
    await runtime.advance(0);
    expect(lossy.ended.aborted).toBe(true);
    expect(await give(breaker, runtime, "succeed", "succeed")).toEqual(["succeed", "succeed"]);
    expect(count("ignored", breaker.name)).toBe(0);
  });

  it("takes a probe's place back from a process that lost its run while the step worked", async () => {
    const { breaker, runtime } = await halfOpen({ openMs: 1 });
    const lossy = new LossyRuntime();
    void breaker.execute("hang", { runtime: lossy });
    await runtime.advance(0);
    expect(await give(breaker, runtime, "succeed")).toMatchObject([{ code: "CIRCUIT_OPEN" }]);
    lossy.lose();
    expect(await give(breaker, runtime, "succeed", "succeed")).toEqual(["succeed", "succeed"]);
  });

  it("listens to its process no longer than it takes", async () => {
    const { breaker } = await halfOpen({ openMs: 1 });
    const lossy = new LossyRuntime();
    expect(await breaker.execute("succeed", { runtime: lossy })).toBe("succeed");
    expect(getEventListeners(lossy.ended, "abort")).toHaveLength(0);
  });

  it("counts what ends here, but moves nothing for what was let in elsewhere", async () => {
    const { breaker, runtime } = await halfOpen({ openMs: 1 });
    const lossy = new LossyRuntime();
    const admission = { isAdmitted: true, state: "half_open", changes: 2, retryAfterMs: 0 };
    lossy.recorded = new Map([["admit", admission]]);
    const gate = Promise.withResolvers<string>();
    const probe = breaker.execute(() => gate.promise, { runtime });
    await runtime.advance(0);
    expect(await breaker.execute("succeed", { runtime: lossy })).toBe("succeed");
    expect(count("success", breaker.name)).toBe(1);
    expect(await give(breaker, runtime, "succeed")).toMatchObject([{ code: "CIRCUIT_OPEN" }]);
    gate.resolve("probe");
    expect(await probe).toBe("probe");
  });

  it("neither counts nor moves anything while a run is replayed", async () => {
    const { breaker, runtime } = await halfOpen({ openMs: 1 });
    const lossy = new LossyRuntime();
    lossy.replaying = true;
    const body = breaker.name;
    const order: Order = "succeed";
    const admission = { isAdmitted: true, state: "half_open", changes: 2, retryAfterMs: 0 };
    lossy.recorded = new Map<string, unknown>([
      ["admit", admission],
      [`body:${body}`, "recorded"],
    ]);
    expect(await breaker.execute(order, { runtime: lossy })).toBe("recorded");
    const refusal = { isAdmitted: false, state: "open", changes: 1, retryAfterMs: 5 };
    lossy.recorded = new Map([["admit", refusal]]);
    const refused = breaker.execute(order, { runtime: lossy });
    await expect(refused).rejects.toMatchObject({ code: "CIRCUIT_OPEN", retryAfterMs: 5 });
    expect(count("success", breaker.name)).toBe(0);
    const { registry } = slot();
    const rejected = { primitive_name: breaker.name, kind: "rejected" } as const;
    expect(registry.counter("circuit_breaker.calls").bind(rejected).value).toBe(0);
    expect(await give(breaker, runtime, "succeed")).toEqual(["succeed"]);
  });
});
