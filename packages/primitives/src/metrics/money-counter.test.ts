import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { BoundMoneyCounter } from "./money-counter.ts";

describe("a counter of money", () => {
  test("starts at nothing", () => {
    const money = new BoundMoneyCounter(vi.fn());
    expect([money.value, money.nanoUsd]).toEqual([0, 0n]);
  });

  test("adds tenths of a dollar without the error of doubles", () => {
    const money = new BoundMoneyCounter(vi.fn());
    for (let call = 0; call < 10; call++) money.add(0.1);
    expect(money.value).toBe(1);
    expect(money.nanoUsd).toBe(1_000_000_000n);
  });

  test.each([
    [0.000_000_000_4, 0n],
    [0.000_000_000_5, 1n],
    [1.005, 1_005_000_000n],
    [0.999_999_999_9, 1_000_000_000n],
    [9_007_199_254_740_991, 9_007_199_254_740_991_000_000_000n],
  ])("rounds %d USD to %d nano-dollars", (usd, nanoUsd) => {
    const money = new BoundMoneyCounter(vi.fn());
    money.add(usd);
    expect(money.nanoUsd).toBe(nanoUsd);
  });

  test("rounds a fraction of a nano-dollar", () => {
    const money = new BoundMoneyCounter(vi.fn());
    money.addNanoUsd(1.5);
    expect(money.nanoUsd).toBe(2n);
  });

  test("sums nano-dollars exactly, also where they no longer fit a double", () => {
    const amounts = fc.array(fc.maxSafeNat(), { maxLength: 200 });
    fc.assert(
      fc.property(amounts, (parts) => {
        const money = new BoundMoneyCounter(vi.fn());
        for (const part of parts) money.addNanoUsd(part);
        const sum = parts.reduce((total, part) => total + BigInt(part), 0n);
        expect(money.nanoUsd).toBe(sum);
        expect(money.value).toBeCloseTo(Number(sum) / 1e9, 6);
      }),
    );
  });

  test.each([
    [-1, "negative"],
    [NaN, "not_finite"],
    [Infinity, "not_finite"],
  ])("ignores %s and says that it is %s", (amount, reason) => {
    const drop = vi.fn();
    const money = new BoundMoneyCounter(drop);
    money.add(amount);
    money.addNanoUsd(amount);
    expect(money.nanoUsd).toBe(0n);
    expect(drop.mock.calls).toEqual([[reason], [reason]]);
  });
});
