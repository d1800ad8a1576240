import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createBackoff } from "./backoff.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** How long each of a number of waits in a row is. */
function waits(count: number, random: number, retryAfterMs?: number): number[] {
  const times: number[] = [];
  const backoff = createBackoff(
    () => undefined,
    () => random,
  );
  for (let wait = 0; wait < count; wait++) {
    const startMs = Date.now();
    backoff.start(retryAfterMs);
    vi.advanceTimersToNextTimer();
    expect(backoff.isWaiting()).toBe(false);
    times.push(Date.now() - startMs);
  }
  return times;
}

test("waits grow to half a minute, and are cut at random", () => {
  expect(waits(7, 0)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(waits(3, 0.5)).toEqual([750, 1500, 3000]);
});

test("a collector that asks for a time gets it, but not hours", () => {
  expect(waits(2, 0, 5000)).toEqual([5000, 5000]);
  expect(waits(1, 0, 86_400_000)).toEqual([120_000]);
});

test("a wait is not prolonged by another reason to wait", () => {
  const over = vi.fn<() => void>();
  const backoff = createBackoff(over, () => 0);
  backoff.start(undefined);
  backoff.start(60_000);
  vi.advanceTimersByTime(1000);
  expect(over).toHaveBeenCalledOnce();
});

test("what is reset does not call, and begins anew", () => {
  const over = vi.fn<() => void>();
  const backoff = createBackoff(over, () => 0);
  backoff.start(undefined);
  backoff.reset();
  expect([backoff.isWaiting(), vi.getTimerCount()]).toEqual([false, 0]);
  backoff.start(undefined);
  vi.advanceTimersByTime(1000);
  expect(over).toHaveBeenCalledOnce();
});
