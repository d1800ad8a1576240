import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRegistry } from "../metrics/registry.ts";
import { slot } from "../slot.ts";
import { virtualRuntime } from "../testing/virtual-runtime.ts";
import { retry } from "./retry.ts";
import { retryBudget } from "./retry-budget.ts";

const backoff = { kind: "constant", delayMs: 0 } as const;

describe("a retry budget", () => {
  it("allows a share of the calls of the window", () => {
    const budget = retryBudget({ name: "b", ratio: 0.2, minPerSecond: 0 });
    for (let call = 0; call < 10; call++) budget.deposit(0);
    expect([0, 0, 0].map((at) => budget.withdraw(at))).toEqual([true, true, false]);
  });

  it("allows some whatever the traffic", () => {
    const budget = retryBudget({ name: "b", ratio: 0, minPerSecond: 2, windowMs: 1_000 });
    expect([0, 0, 0].map((at) => budget.withdraw(at))).toEqual([true, true, false]);
  });

  it("is a fifth of the calls and one a second over ten seconds by default", () => {
    const budget = retryBudget({ name: "b" });
    for (let call = 0; call < 50; call++) budget.deposit(0);
    const allowed = Array.from({ length: 30 }, () => budget.withdraw(0)).filter(Boolean).length;
    expect(allowed).toBe(20);
  });

  it("forgets what is older than the window", () => {
    const budget = retryBudget({ name: "b", ratio: 1, minPerSecond: 0, windowMs: 1_000 });
    budget.deposit(0);
    expect(budget.withdraw(100)).toBe(true);
    budget.deposit(100);
    budget.deposit(1_050);
    expect(budget.withdraw(1_050)).toBe(true);
    expect(budget.withdraw(1_050)).toBe(false);
    expect(budget.withdraw(5_000)).toBe(false);
  });

  it("never allows more than ratio × calls and the fixed rate within a window", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ afterMs: fc.nat(300), isCall: fc.boolean() }), { maxLength: 200 }),
        (events) => {
          const budget = retryBudget({ name: "b", ratio: 0.5, minPerSecond: 1, windowMs: 1_000 });
          const calls: number[] = [];
          const retries: number[] = [];
          let now = 0;
          for (const { afterMs, isCall } of events) {
            now += afterMs;
            const inWindow = (at: number): boolean => at > now - 1_000;
            if (isCall) {
              budget.deposit(now);
              calls.push(now);
            } else if (budget.withdraw(now)) {
              retries.push(now);
              // The window moves by tenths, so it is never longer than it says.
              expect(retries.filter((at) => at > now - 900).length).toBeLessThanOrEqual(
                0.5 * calls.filter(inWindow).length + 1,
              );
            }
          }
        },
      ),
    );
  });

  it("is shared by the retries that have it", async () => {
    const registry = (slot().registry = createRegistry());
    const budget = retryBudget({ name: "shared-budget", ratio: 0, minPerSecond: 0.3 });
    let calls = 0;
    const failing = async (): Promise<never> => {
      calls++;
      throw new Error("no");
    };
    const one = retry(failing, { attempts: 3, backoff, budget });
    const other = retry(failing, { attempts: 3, backoff, budget });
    const virtual = virtualRuntime();
    await expect(virtual.execute(one, 0)).rejects.toThrow("no");
    await expect(virtual.execute(other, 0)).rejects.toThrow("no");
    await expect(virtual.execute(other, 0)).rejects.toThrow("no");
    expect(calls).toBe(3 + 2 + 1);
    const refusals = registry.counter("budget.refusals");
    expect(refusals.bind({ budget: "shared-budget", kind: "retries" }).value).toBe(2);
  });

  it("counts executions, not attempts, as calls", async () => {
    const budget = retryBudget({ name: "b", ratio: 1, minPerSecond: 0 });
    let calls = 0;
    const failing = async (): Promise<never> => {
      calls++;
      throw new Error("no");
    };
    await virtualRuntime()
      .execute(retry(failing, { attempts: 5, backoff, budget }), 0)
      .catch(() => undefined);
    expect(calls).toBe(2);
  });

  it("is named in the description of what has it", () => {
    const budget = retryBudget({ name: "openai" });
    expect(budget.name).toBe("openai");
    expect(retry(async () => 1, { attempts: 2, budget }).describe().options).toMatchObject({
      budget: "openai",
    });
  });
});
