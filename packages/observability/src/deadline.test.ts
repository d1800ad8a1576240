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
  expect(await withinDeadline(Promise.resolve("done"), 1000)).toBe(1000);
});

test("work that fails in time is over too", async () => {
  expect(await withinDeadline(Promise.reject(new Error("no")), 1000)).toBe(1000);
});

test("work that does not end is left behind", async () => {
  const late = withinDeadline(new Promise(() => undefined), 1000);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await late).toBe(0);
});

test("tells how much time is left", async () => {
  const work = Promise.withResolvers<void>();
  const left = withinDeadline(work.promise, 1000);
  await vi.advanceTimersByTimeAsync(600);
  work.resolve();
  expect(await left).toBe(400);
});

test("the time in which the process was stopped does not count", async () => {
  const work = Promise.withResolvers<void>();
  const left = withinDeadline(work.promise, 5000);
  const now = vi.spyOn(performance, "now");
  now.mockReturnValue(performance.now() + 3_600_000);
  await vi.advanceTimersByTimeAsync(250);
  work.resolve();
  expect(await left).toBe(4500);
  now.mockRestore();
});
