import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { realClock } from "./clock.ts";

describe("the machine's clock", () => {
  beforeEach(() =>
    vi.useFakeTimers({ now: 1_000, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }),
  );
  afterEach(() => vi.useRealTimers());

  it("tells epoch and monotonic milliseconds", () => {
    expect(realClock.real).toBe(true);
    const began = realClock.elapsed();
    vi.advanceTimersByTime(250);
    expect([realClock.now(), realClock.elapsed() - began]).toEqual([1_250, 250]);
  });

  it("calls back once, when it is time", () => {
    const fired: number[] = [];
    realClock.startTimer(100, () => fired.push(realClock.now()));
    vi.advanceTimersByTime(99);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(fired).toEqual([1_100]);
  });

  it("does not call back when it was stopped", () => {
    const fired: number[] = [];
    const stop = realClock.startTimer(100, () => fired.push(1));
    stop();
    stop();
    vi.advanceTimersByTime(1_000);
    expect([fired, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it("takes a moment that has passed for now", () => {
    const fired: number[] = [];
    realClock.startTimer(-5, () => fired.push(1));
    vi.advanceTimersByTime(1);
    expect(fired).toEqual([1]);
  });

  it("waits longer than a timer of the platform can: forty days", () => {
    const days = 86_400_000;
    const fired: number[] = [];
    realClock.startTimer(40 * days, () => fired.push(1));
    vi.advanceTimersByTime(40 * days - 1);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect([fired, vi.getTimerCount()]).toEqual([[1], 0]);
  });

  it("can be stopped in the middle of such a wait", () => {
    const days = 86_400_000;
    const stop = realClock.startTimer(60 * days, () => expect.unreachable());
    vi.advanceTimersByTime(30 * days);
    stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(60 * days);
  });
});
