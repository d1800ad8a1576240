import { describe, expect, test } from "vitest";
import { createEventRate } from "./event-rate.ts";

describe("a rate of events", () => {
  test("is 0 before anything is known", () => {
    expect(createEventRate().perSecond()).toBe(0);
  });

  test("is right from the first second", () => {
    const rate = createEventRate();
    rate.add(100, 1);
    expect(rate.perSecond()).toBeCloseTo(100, 9);
  });

  test("follows what is frequent within two seconds, up and down", () => {
    const rate = createEventRate();
    for (let second = 0; second < 10; second++) rate.add(100, 1);
    for (let second = 0; second < 2; second++) rate.add(5000, 1);
    expect(rate.perSecond()).toBeGreaterThan(4500);
    for (let second = 0; second < 3; second++) rate.add(100, 1);
    expect(rate.perSecond()).toBeLessThan(200);
  });

  test("averages what is rare over some seconds", () => {
    const rate = createEventRate();
    for (let second = 0; second < 100; second++) rate.add(second % 5 === 0 ? 5 : 0, 1);
    expect(rate.perSecond()).toBeGreaterThan(0.6);
    expect(rate.perSecond()).toBeLessThan(1.4);
  });
});
