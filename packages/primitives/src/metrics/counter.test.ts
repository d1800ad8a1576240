import { describe, expect, test, vi } from "vitest";
import { BoundCounter } from "./counter.ts";
import { BoundUpDown } from "./up-down-counter.ts";
import { BoundGauge } from "./gauge.ts";

describe("a counter", () => {
  test("starts at 0 and adds", () => {
    const counter = new BoundCounter(vi.fn());
    expect(counter.value).toBe(0);
    counter.add();
    counter.add(41);
    counter.value++;
    expect(counter.value).toBe(43);
  });

  test.each([
    [-1, "negative"],
    [NaN, "not_finite"],
    [Infinity, "not_finite"],
    [-Infinity, "not_finite"],
    ["5" as unknown as number, "not_finite"],
  ])("ignores %s and says that it is %s", (amount, reason) => {
    const drop = vi.fn();
    const counter = new BoundCounter(drop);
    counter.add(amount);
    expect(counter.value).toBe(0);
    expect(drop.mock.calls).toEqual([[reason]]);
  });
});

describe("an up-down counter", () => {
  test("rises and falls", () => {
    const active = new BoundUpDown(vi.fn());
    active.add(3);
    active.add(-1);
    expect(active.value).toBe(2);
  });

  test.each([NaN, Infinity, -Infinity])("ignores %s", (amount) => {
    const drop = vi.fn();
    const active = new BoundUpDown(drop);
    active.add(amount);
    expect(active.value).toBe(0);
    expect(drop.mock.calls).toEqual([["not_finite"]]);
  });
});

describe("a gauge", () => {
  test("keeps what was set last", () => {
    const gauge = new BoundGauge(vi.fn());
    expect(gauge.value).toBe(0);
    gauge.set(1);
    gauge.set(-0.5);
    expect(gauge.value).toBe(-0.5);
  });

  test.each([NaN, Infinity, -Infinity])("ignores %s", (value) => {
    const drop = vi.fn();
    const gauge = new BoundGauge(drop);
    gauge.set(2);
    gauge.set(value);
    expect(gauge.value).toBe(2);
    expect(drop.mock.calls).toEqual([["not_finite"]]);
  });
});
