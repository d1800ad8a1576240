import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withinDeadline } from "./deadline.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  const timers = vi.getTimerCount();
  vi.useRealTimers();
  if (timers > 0) throw new Error(`${timers} timers are left`);
});

test("work that ends in time leaves no timer", async () => {
  expect(await withinDeadline(Promise.resolve("done"), 1000)).toBe(true);
});

test("work that fails in time is over too", async () => {
  expect(await withinDeadline(Promise.reject(new Error("no")), 1000)).toBe(true);
});

test("work that does not end is left behind", async () => {
  const late = withinDeadline(new Promise(() => undefined), 1000);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await late).toBe(false);
});
