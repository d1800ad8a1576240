import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runSchedule } from "./schedule.ts";
import type { ScheduleOptions, ScheduleState } from "./schedule.ts";

interface Request {
  readonly atMs: number;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  const timers = vi.getTimerCount();
  vi.useRealTimers();
  if (timers > 0) throw new Error(`${timers} timers are left`);
});

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs a schedule in fake time, each request taking `takesMs`, and notes when each one started. */
function begin(
  options: Partial<ScheduleOptions<Request>> & { readonly at: readonly number[]; takesMs?: number },
): {
  readonly starts: number[];
  readonly done: Promise<ScheduleState>;
} {
  const starts: number[] = [];
  const origin = performance.now();
  const done = runSchedule<Request>({
    requests: options.at.map((atMs) => ({ atMs })),
    speed: 1,
    concurrency: 100,
    signal: new AbortController().signal,
    run: async () => {
      starts.push(performance.now() - origin);
      await sleep(options.takesMs ?? 10);
    },
    ...options,
  });
  return { starts, done };
}

describe("runSchedule", () => {
  test("requests start when they arrive, though earlier ones still run", async () => {
    const { starts, done } = begin({ at: [0, 100, 150, 150], takesMs: 1000 });
    await vi.runAllTimersAsync();
    expect(starts).toEqual([0, 100, 150, 150]);
    expect(await done).toMatchObject({ total: 4, succeeded: 4, failed: 0, queued: 0, running: 0 });
  });

  test("the speed divides arrival times", async () => {
    const { starts, done } = begin({ at: [0, 1000, 4000], speed: 10 });
    await vi.runAllTimersAsync();
    await done;
    expect(starts).toEqual([0, 100, 400]);
  });

  test("past the concurrency limit requests queue in order of arrival", async () => {
    const { starts, done } = begin({ at: [0, 1, 2, 3], takesMs: 100, concurrency: 2 });
    await vi.runAllTimersAsync();
    expect(starts).toEqual([0, 1, 100, 101]);
    expect(await done).toMatchObject({ succeeded: 4, longestQueue: 2 });
  });

  test("a request that rejects or throws is counted and stops nothing", async () => {
    let calls = 0;
    const run = (): Promise<void> => {
      calls += 1;
      if (calls === 1) throw new Error("thrown");
      return calls === 2 ? Promise.reject(new Error("rejected")) : sleep(5);
    };
    const { done } = begin({ at: [0, 1, 2], run });
    await vi.runAllTimersAsync();
    expect(await done).toMatchObject({ succeeded: 1, failed: 2 });
  });

  test("an abort starts nothing more, drops the queue and waits for what runs", async () => {
    const stop = new AbortController();
    const { starts, done } = begin({
      at: [0, 1, 50, 1000],
      takesMs: 100,
      concurrency: 1,
      signal: stop.signal,
    });
    let settled = false;
    const settling = (async () => {
      await done;
      settled = true;
    })();
    await vi.advanceTimersByTimeAsync(60);
    stop.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(40);
    expect(settled).toBe(true);
    await settling;
    expect(starts).toEqual([0]);
    expect(await done).toMatchObject({ total: 4, arrived: 3, succeeded: 1, running: 0 });
  });

  test("a signal that was aborted before starts nothing", async () => {
    const { starts, done } = begin({ at: [0], signal: AbortSignal.abort() });
    expect(await done).toMatchObject({ succeeded: 0, arrived: 0 });
    expect(starts).toEqual([]);
  });

  test("no requests are done at once", async () => {
    expect(await begin({ at: [] }).done).toMatchObject({ total: 0, succeeded: 0 });
  });

  test("an arrival beyond the longest timer is waited for", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const { starts, done } = begin({ at: [0, 2 ** 31 + 1000] });
    await vi.advanceTimersByTimeAsync(5000);
    expect(starts).toEqual([0]);
    await vi.runAllTimersAsync();
    await done;
    expect(starts[1]).toBe(2 ** 31 + 1000);
    for (const [, delayMs] of timers.mock.calls) expect(delayMs).toBeLessThan(2 ** 31);
    timers.mockRestore();
  });

  test("every change is reported, the last one with everything done", async () => {
    const states: ScheduleState[] = [];
    const { done } = begin({ at: [0, 5], onChange: (state) => states.push(state) });
    await vi.runAllTimersAsync();
    await done;
    expect(states.map(({ arrived, succeeded }) => [arrived, succeeded])).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
      [2, 2],
    ]);
  });
});
